package io.ostraka.shard;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names that a writer has used, numbered in the order of their first use, so that a row holds a
 * number and not a text. Not safe for threads.
 */
public final class NameTable {
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<byte[]> names = new ArrayList<>();
  private int[] ranks = new int[0];

  /** The number of a name, from 0, a new one if it is new. */
  public int number(String name) {
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    int number = names.size();
    numbers.put(name, number);
    names.add(name.getBytes(StandardCharsets.UTF_8));
    return number;
  }

  /** How many names there are. */
  public int size() {
    return names.size();
  }

  /** The UTF-8 bytes of a name; not to be changed. */
  byte[] utf8(int number) {
    return names.get(number);
  }

  /** The name with a number. */
  public String name(int number) {
    return new String(names.get(number), StandardCharsets.UTF_8);
  }

  /**
   * Where each name stands when all are ordered by their UTF-8 bytes; indexed by number, not to be
   * changed.
   */
  int[] ranks() {
    if (ranks.length == names.size()) {
      return ranks;
    }
    Integer[] order = new Integer[names.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Arrays.compareUnsigned(names.get(a), names.get(b)));
    ranks = new int[order.length];
    for (int rank = 0; rank < order.length; rank++) {
      ranks[order[rank]] = rank;
    }
    return ranks;
  }
}
