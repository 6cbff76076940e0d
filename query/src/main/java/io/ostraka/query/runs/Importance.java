package io.ostraka.query.runs;

import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which settings matter for an outcome, by the correlation of ranks and by a random forest.
 *
 * @param target the outcome
 * @param runs how many runs have it as a finite number
 * @param used how many of these were looked at; fewer where there are very many
 * @param explained how much of its variance the forest explains of runs that it did not see, 1 for
 *     all; null with too few runs
 * @param settings the settings that are not the same in all these runs, the most important first
 * @param message what to know about the answer, null if nothing
 */
public record Importance(
    Field target,
    int runs,
    int used,
    @Nullable Double explained,
    List<Setting> settings,
    @Nullable String message) {
  /** With fewer runs than this an answer would be chance. */
  public static final int FEWEST = 10;

  private static final int MOST = 2000;
  private static final int MOST_SETTINGS = 200;
  private static final double LITTLE = 0.1;
  private static final long SEED = 20_011_001;

  private static final Comparator<Setting> MOST_IMPORTANT_FIRST =
      Comparator.comparing(
              (Setting setting) -> setting.importance() == null ? 0 : setting.importance())
          .reversed()
          .thenComparing(setting -> setting.field().text());

  /** Keeps its own copy. */
  public Importance {
    settings = List.copyOf(settings);
  }

  /**
   * A setting.
   *
   * @param field the setting
   * @param runs how many of the runs looked at have it
   * @param values how many different values it has
   * @param importance its part of what all settings matter, 0 to 1; null with too few runs
   * @param correlation Spearman's, of its values and the outcome's; null with too few runs that
   *     have it, or if it is no number
   */
  public record Setting(
      Field field,
      int runs,
      int values,
      @Nullable Double importance,
      @Nullable Double correlation) {}

  /** Asks the rows of some runs; the same rows give the same answer. */
  public static Importance of(Field target, List<RunRow> rows) {
    List<RunRow> having =
        rows.stream()
            .filter(row -> Double.isFinite(number(row.value(target))))
            .sorted(Comparator.comparing(RunRow::run))
            .toList();
    List<RunRow> used = sample(having);
    double[] outcome = used.stream().mapToDouble(row -> number(row.value(target))).toArray();
    List<Column> columns = columns(used);
    String message = null;
    int skipped = columns.size() - MOST_SETTINGS;
    if (skipped > 0) {
      columns = columns.subList(0, MOST_SETTINGS);
      message = skipped + " settings of " + (skipped + MOST_SETTINGS) + " were left out";
    }
    if (used.size() < FEWEST) {
      List<Setting> settings = columns.stream().map(column -> column.setting(null, null)).toList();
      return new Importance(
          target, having.size(), used.size(), null, settings, tooFew(target, used.size()));
    }
    Forest forest =
        Forest.grow(
            columns.stream().map(Column::numbers).toArray(double[][]::new),
            areCategories(columns),
            outcome);
    double explained = forest.explained();
    if (columns.isEmpty()) {
      message = "All of these runs have the same settings";
    } else if (explained < LITTLE) {
      message =
          "The settings explain next to nothing of %s here, so their order is chance"
              .formatted(target.text());
    }
    return new Importance(
        target, having.size(), used.size(), explained, settings(columns, forest, outcome), message);
  }

  private static String tooFew(Field target, int runs) {
    return "Too few runs: %d have a finite %s; importance needs at least %d"
        .formatted(runs, target.text(), FEWEST);
  }

  private static List<Setting> settings(List<Column> columns, Forest forest, double[] outcome) {
    double[] parts = forest.importance();
    double sum = 0;
    for (double part : parts) {
      sum += part;
    }
    List<Setting> settings = new ArrayList<>();
    for (int i = 0; i < parts.length; i++) {
      settings.add(
          columns
              .get(i)
              .setting(sum == 0 ? 0 : parts[i] / sum, columns.get(i).correlation(outcome)));
    }
    settings.sort(MOST_IMPORTANT_FIRST);
    return settings;
  }

  private static List<RunRow> sample(List<RunRow> all) {
    if (all.size() <= MOST) {
      return all;
    }
    List<RunRow> sample = new ArrayList<>();
    new Random(SEED)
        .ints(0, all.size())
        .distinct()
        .limit(MOST)
        .sorted()
        .forEach(i -> sample.add(all.get(i)));
    return sample;
  }

  private static boolean[] areCategories(List<Column> columns) {
    boolean[] are = new boolean[columns.size()];
    for (int i = 0; i < are.length; i++) {
      are[i] = columns.get(i).isCategory();
    }
    return are;
  }

  private static double number(@Nullable Value value) {
    if (value instanceof Value.Truth truth) {
      return truth.value() ? 1 : 0;
    }
    return value == null ? Double.NaN : value.number();
  }

  /** A setting's value in each run; as numbers if all are numbers or truths, else as categories. */
  private record Column(Field field, List<@Nullable Value> values, boolean isCategory) {
    static @Nullable Column of(Field field, List<RunRow> rows) {
      List<@Nullable Value> values = new ArrayList<>(rows.size());
      boolean isCategory = false;
      for (RunRow row : rows) {
        Value value = row.value(field);
        values.add(value);
        isCategory |= value != null && Double.isNaN(Importance.number(value));
      }
      return values.stream().distinct().limit(2).count() < 2
          ? null
          : new Column(field, values, isCategory);
    }

    /* A missing value is one of its own: a category, or less than all numbers. */
    double[] numbers() {
      Map<Value, Integer> categories = new HashMap<>();
      return values.stream()
          .mapToDouble(
              value -> {
                if (value == null) {
                  return Double.NEGATIVE_INFINITY;
                }
                if (!isCategory) {
                  return Importance.number(value);
                }
                Integer known = categories.putIfAbsent(value, categories.size());
                return known == null ? categories.size() - 1.0 : known;
              })
          .toArray();
    }

    @Nullable Double correlation(double[] outcome) {
      if (isCategory) {
        return null;
      }
      double[] own =
          values.stream().filter(v -> v != null).mapToDouble(Importance::number).toArray();
      double[] others = new double[own.length];
      int at = 0;
      for (int i = 0; i < outcome.length; i++) {
        if (values.get(i) != null) {
          others[at++] = outcome[i];
        }
      }
      double found = own.length < FEWEST ? Double.NaN : Spearman.of(own, others);
      return Double.isNaN(found) ? null : found;
    }

    Setting setting(@Nullable Double importance, @Nullable Double correlation) {
      int there = (int) values.stream().filter(v -> v != null).count();
      int distinct = (int) values.stream().filter(v -> v != null).distinct().count();
      return new Setting(field, there, distinct, importance, correlation);
    }
  }

  private static List<Column> columns(List<RunRow> rows) {
    Set<Field> fields = new LinkedHashSet<>();
    rows.forEach(row -> fields.addAll(RunFields.config(row.config()).keySet()));
    List<Column> columns = new ArrayList<>();
    for (Field field : fields) {
      Column column = Column.of(field, rows);
      if (column != null) {
        columns.add(column);
      }
    }
    return columns;
  }
}
