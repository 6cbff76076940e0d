package io.ostraka.client;

import io.ostraka.Stream;
import io.ostraka.journal.JournalWriter;
import io.ostraka.journal.KeySet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Metrics that are logged together, named once: the way to log in a hot loop, since nothing is
 * allocated or looked up. Safe for any number of threads.
 */
public final class Metrics {
  private final @Nullable JournalWriter journal;

  /** The names, or the first of them where a record cannot hold all. */
  private final KeySet keySet;

  private final List<KeySet> more = new ArrayList<>();
  private final int size;

  /** Metrics of a run that is written to a journal, or of one that is switched off. */
  Metrics(@Nullable JournalWriter journal, List<String> names) {
    this.journal = journal;
    this.size = names.size();
    int first = Math.min(names.size(), KeySet.LIMIT);
    this.keySet = new KeySet(Stream.METRICS, names.subList(0, first));
    for (int from = first; from < names.size(); from += KeySet.LIMIT) {
      int to = Math.min(names.size(), from + KeySet.LIMIT);
      more.add(new KeySet(Stream.METRICS, names.subList(from, to)));
    }
  }

  /** Logs the value of the only metric. */
  public void log(long step, double value) {
    checkCount(1);
    Run.checkStep(step);
    if (journal != null) {
      journal.values1(keySet, step, value);
    }
  }

  /** Logs the values of two metrics, in the order of their names. */
  public void log(long step, double first, double second) {
    checkCount(2);
    Run.checkStep(step);
    if (journal != null) {
      journal.values2(keySet, step, first, second);
    }
  }

  /** Logs the values of three metrics, in the order of their names. */
  public void log(long step, double first, double second, double third) {
    checkCount(3);
    Run.checkStep(step);
    if (journal != null) {
      journal.values3(keySet, step, first, second, third);
    }
  }

  /** Logs the values of any number of metrics, in the order of their names. */
  public void log(long step, double... values) {
    Run.checkStep(step);
    if (more.isEmpty()) {
      log(keySet, step, values);
      return;
    }
    checkCount(values.length);
    log(keySet, step, Arrays.copyOf(values, keySet.size()));
    int from = keySet.size();
    for (KeySet part : more) {
      log(part, step, Arrays.copyOfRange(values, from, from + part.size()));
      from += part.size();
    }
  }

  private void log(KeySet part, long step, double[] values) {
    if (journal != null) {
      journal.values(part, step, values);
    }
  }

  private void checkCount(int values) {
    if (values != size) {
      throw new IllegalArgumentException(
          values + " values for " + size + " metrics; give one for each");
    }
  }
}
