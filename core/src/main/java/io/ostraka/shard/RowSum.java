package io.ostraka.shard;

import io.ostraka.ShardName;
import java.security.SecureRandom;

/**
 * Tells whether the row numbers seen so far, in whatever order, are each number of a range once;
 * takes no memory for it. Not safe for threads.
 *
 * <p>Each number is mixed to 64 bits by a function that is chosen anew by each process, and the
 * sums are compared: other numbers have the same sum once in 2^64 times.
 */
public final class RowSum {
  private static final long KEY = new SecureRandom().nextLong();

  private long count;
  private long sum;

  /** Takes in a number. */
  public void add(long row) {
    sum += mix(row);
    count++;
  }

  /** Takes in the first numbers of an array. */
  void add(long[] rows, int size) {
    long added = 0;
    for (int i = 0; i < size; i++) {
      added += mix(rows[i]);
    }
    sum += added;
    count += size;
  }

  /** Whether each number of the range was taken in once, and no other. */
  public boolean isEachOnce(ShardName range) {
    if (count != range.rows()) {
      return false;
    }
    long expected = 0;
    for (long row = range.first(); row <= range.last(); row++) {
      expected += mix(row);
    }
    return sum == expected;
  }

  /** The finisher of SplitMix64 (Steele, Lea, Flood: OOPSLA 2014) over a number and the key. */
  private static long mix(long row) {
    long z = (row + KEY) * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
