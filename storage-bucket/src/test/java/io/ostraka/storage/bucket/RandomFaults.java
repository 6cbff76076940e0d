package io.ostraka.storage.bucket;

import io.ostraka.storage.bucket.FaultProxy.Fault;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Faults at random, of one request at most a few in a row. Counts them. */
final class RandomFaults implements FaultProxy.Choice {
  private final Random random;
  private final List<Fault> faults;
  private final double rate;
  private final int inARow;
  private final Map<String, Integer> spoilt = new HashMap<>();
  private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
  private boolean healed;

  /**
   * Chooses.
   *
   * @param faults one of these, each as often as it is named
   * @param rate how often a request meets one
   */
  RandomFaults(Random random, List<Fault> faults, double rate, int inARow) {
    this.random = random;
    this.faults = faults;
    this.rate = rate;
    this.inARow = inARow;
  }

  @Override
  public synchronized Fault of(String method, String path, String headers) {
    String request = method + " " + path;
    int before = spoilt.getOrDefault(request, 0);
    boolean spoils = !healed && before < inARow && random.nextDouble() < rate;
    spoilt.put(request, spoils ? before + 1 : 0);
    if (!spoils) {
      return Fault.NONE;
    }
    Fault fault = faults.get(random.nextInt(faults.size()));
    if ((fault == Fault.SPOILT_REQUEST && !method.equals("PUT"))
        || (fault == Fault.SPOILT_ANSWER && !method.equals("GET"))) {
      return Fault.NONE; // There is nothing to spoil.
    }
    counts.merge(fault, 1, Integer::sum);
    return fault;
  }

  /** None from now on. */
  synchronized void heal() {
    healed = true;
  }

  /** How many there were of each kind. */
  synchronized Map<Fault, Integer> counts() {
    return new EnumMap<>(counts);
  }
}
