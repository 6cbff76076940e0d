package io.ostraka.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Last, minimum, maximum, mean and count of each metric of a run.
 *
 * <p>The last card of a run's only writer has them; otherwise, and where points are hidden, they
 * are read from the shards, and kept for as long as the run has no new ones.
 */
final class SummaryQuery {
  /** As many names as a card holds. */
  static final int MOST_NAMES = 10_000;

  private static final int RUNS_KEPT = 8;

  private final ShardReader reader;

  private final Map<String, Kept> kept =
      new LinkedHashMap<>(RUNS_KEPT, 1, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
          return size() > RUNS_KEPT;
        }
      };

  SummaryQuery(ShardReader reader) {
    this.reader = reader;
  }

  private record Kept(Progress progress, Page<MetricSummary> page) {}

  /** The summary of a selection's only run. */
  Page<MetricSummary> of(Selection selection) throws IOException, SelectionChanged {
    List<MetricSummary> onCard = onCard(selection);
    if (onCard != null) {
      return new Page<>(onCard, onCard.size() >= MOST_NAMES, selection.problems());
    }
    String run = selection.runs().get(0).key().prefix();
    Progress now = selection.progress(selection.noOrigins());
    synchronized (kept) {
      Kept before = kept.get(run);
      if (before != null && before.progress().equals(now)) {
        return before.page();
      }
    }
    Page<MetricSummary> page = read(selection);
    synchronized (kept) {
      kept.put(run, new Kept(now, page));
    }
    return page;
  }

  /**
   * The summary on the last card of the only writer, or null if that is not all there is to see.
   */
  private static @Nullable List<MetricSummary> onCard(Selection selection) {
    boolean isOnly = selection.writerCount() == 1 && selection.belowStep(0) == Source.EVERY_STEP;
    if (!isOnly || !(selection.card(0).json().get("metrics") instanceof ObjectNode metrics)) {
      return null;
    }
    List<MetricSummary> summaries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> metric : metrics.properties()) {
      JsonNode json = metric.getValue();
      summaries.add(
          new MetricSummary(
              metric.getKey(),
              real(json.path("last")),
              real(json.path("min")),
              real(json.path("max")),
              real(json.path("mean")),
              json.path("count").asLong(0)));
    }
    return summaries;
  }

  /* Strict JSON has the numbers that are none as texts. */
  private static double real(JsonNode json) {
    return switch (json.asText("")) {
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> json.asDouble(Double.NaN);
    };
  }

  private Page<MetricSummary> read(Selection selection) throws IOException, SelectionChanged {
    List<Source> sources = selection.sources();
    Map<String, Sum> sums = new TreeMap<>();
    if (!sources.isEmpty()) {
      reader.read(
          sources,
          (connection, files) -> {
            sums.clear();
            scan(connection, files, sources, sums);
            return sums;
          });
    }
    List<MetricSummary> summaries = new ArrayList<>();
    sums.entrySet().stream()
        .limit(MOST_NAMES)
        .forEach(entry -> summaries.add(entry.getValue().summary(entry.getKey())));
    return new Page<>(summaries, sums.size() > MOST_NAMES, selection.problems());
  }

  private static void scan(
      Connection connection, Array files, List<Source> sources, Map<String, Sum> sums)
      throws SQLException {
    SqlValues values = new SqlValues();
    String sql =
        """
        SELECT writer, name, arg_max(value, row), min(finite), max(finite), sum(finite),
               count(finite), count(*)
        FROM (
          SELECT %s AS writer, name, value, row,
                 CASE WHEN isfinite(value) THEN value END AS finite
          FROM read_parquet(%s, hive_partitioning = false)
          WHERE %s)
        GROUP BY writer, name
        """
            .formatted(
                Source.perFile(sources, values, Source::writer),
                values.files(files),
                Source.areRead(sources, values));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      values.bind(connection, statement);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          sums.computeIfAbsent(row.getString(2), name -> new Sum()).add(row);
        }
      }
    }
  }

  /** One metric while its writers are added up. */
  private static final class Sum {
    private int writer = Integer.MAX_VALUE;
    private double last;
    private double min = Double.NaN;
    private double max = Double.NaN;
    private double sum;
    private long finite;
    private long count;

    void add(ResultSet row) throws SQLException {
      if (row.getInt(1) < writer) {
        writer = row.getInt(1);
        last = row.getDouble(3);
      }
      long found = row.getLong(7);
      if (found > 0) {
        min = finite == 0 ? row.getDouble(4) : Math.min(min, row.getDouble(4));
        max = finite == 0 ? row.getDouble(5) : Math.max(max, row.getDouble(5));
        sum += row.getDouble(6);
        finite += found;
      }
      count += row.getLong(8);
    }

    MetricSummary summary(String name) {
      return new MetricSummary(
          name, last, min, max, finite == 0 ? Double.NaN : sum / finite, count);
    }
  }
}
