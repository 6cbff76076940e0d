package io.ostraka.client;

import io.ostraka.Stream;
import io.ostraka.journal.KeySet;
import java.util.List;

/**
 * Metrics that are logged together, named once: the way to log in a hot loop, since nothing is
 * allocated or looked up. Safe for any number of threads.
 */
public final class Metrics {
  private final Run run;
  private final KeySet keySet;

  Metrics(Run run, List<String> names) {
    this.run = run;
    this.keySet = new KeySet(Stream.METRICS, names);
  }

  /** Logs the value of the only metric. */
  public void log(long step, double value) {
    checkCount(1);
    run.journal().values1(keySet, Run.checkedStep(step), value);
  }

  /** Logs the values of two metrics, in the order of their names. */
  public void log(long step, double first, double second) {
    checkCount(2);
    run.journal().values2(keySet, Run.checkedStep(step), first, second);
  }

  /** Logs the values of three metrics, in the order of their names. */
  public void log(long step, double first, double second, double third) {
    checkCount(3);
    run.journal().values3(keySet, Run.checkedStep(step), first, second, third);
  }

  /** Logs the values of any number of metrics, in the order of their names. */
  public void log(long step, double... values) {
    run.journal().values(keySet, Run.checkedStep(step), values);
  }

  private void checkCount(int values) {
    if (values != keySet.size()) {
      throw new IllegalArgumentException(
          values + " values for " + keySet.size() + " metrics; give one for each");
    }
  }
}
