package io.ostraka.query.runs;

import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * In which settings and outcomes some runs differ.
 *
 * @param runs the runs, in the order asked for
 * @param config the settings that are not the same in all of them
 * @param summary the values that people set, and the last values of metrics, that are not the same
 * @param same how many settings and outcomes are the same in all
 */
public record RunDiff(
    List<RunRow> runs, List<Difference> config, List<Difference> summary, int same) {
  /** Keeps its own copies. */
  public RunDiff {
    runs = List.copyOf(runs);
    config = List.copyOf(config);
    summary = List.copyOf(summary);
  }

  /**
   * A field in which they differ.
   *
   * @param field the field
   * @param values each run's value in their order, null where it has none
   */
  public record Difference(Field field, List<@Nullable Value> values) {
    /** Keeps its own copy. */
    public Difference {
      values = Collections.unmodifiableList(new ArrayList<>(values));
    }
  }

  /** Compares some runs. */
  public static RunDiff of(List<RunRow> runs) {
    Set<Field> config = fields(runs, row -> RunFields.config(row.config()).keySet());
    Set<Field> summary = fields(runs, row -> RunFields.summary(row.summary()).keySet());
    for (RunRow run : runs) {
      run.metrics().keySet().stream()
          .sorted()
          .forEach(name -> summary.add(new Field.Summary(List.of(name))));
    }
    List<Difference> inConfig = differences(runs, config);
    List<Difference> inSummary = differences(runs, summary);
    int all = config.size() + summary.size();
    return new RunDiff(runs, inConfig, inSummary, all - inConfig.size() - inSummary.size());
  }

  private static Set<Field> fields(List<RunRow> runs, Function<RunRow, Set<Field>> of) {
    Set<Field> fields = new LinkedHashSet<>();
    runs.forEach(run -> fields.addAll(of.apply(run)));
    return fields;
  }

  private static List<Difference> differences(List<RunRow> runs, Set<Field> fields) {
    List<Difference> differences = new ArrayList<>();
    for (Field field : fields) {
      List<@Nullable Value> values = new ArrayList<>();
      runs.forEach(run -> values.add(run.value(field)));
      if (values.stream().distinct().count() > 1) {
        differences.add(new Difference(field, values));
      }
    }
    return differences;
  }
}
