package io.ostraka.query;

import io.ostraka.catalog.LiveShard;
import io.ostraka.shard.MetricTotals;
import io.ostraka.shard.ShardLayout;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sums of the metrics of immutable shards, each made by one scan when it is first asked for, so
 * that the summary of a running run reads only the rows that are new. Safe for threads.
 */
final class ShardSums {
  /** How many sums of a metric in a shard are kept, some 150 bytes each. */
  private static final int MOST_KEPT = 400_000;

  /* Bounds the files that one scan holds open. */
  private static final int BATCH = 512;

  private final ShardReader reader;
  private final SmallShards small;
  private final Map<Part, Map<String, ValueSum>> known = new LinkedHashMap<>(64, 0.75f, true);
  private int kept;

  ShardSums(ShardReader reader, SmallShards small) {
    this.reader = reader;
    this.small = small;
  }

  /** What is shown of a shard. */
  private record Part(LiveShard shard, long fromRow, long belowStep) {
    static Part of(Source source) {
      return new Part(source.shard(), source.fromRow(), source.belowStep());
    }
  }

  /** The sums of each source, by metric, in the order of the sources. */
  List<Map<String, ValueSum>> load(List<Source> sources) throws IOException, SelectionChanged {
    Map<Part, Map<String, ValueSum>> loaded = new HashMap<>();
    List<Source> missing = new ArrayList<>();
    for (Source source : sources) {
      Map<String, ValueSum> found = find(Part.of(source));
      if (found != null) {
        loaded.put(Part.of(source), found);
      } else if (loaded.putIfAbsent(Part.of(source), Map.of()) == null) {
        missing.add(source);
      }
    }
    takeTables(missing, loaded);
    for (int from = 0; from < missing.size(); from += BATCH) {
      List<Source> batch = missing.subList(from, Math.min(from + BATCH, missing.size()));
      List<Map<String, ValueSum>> sums =
          reader.read(batch, (connection, files) -> scan(connection, files, batch));
      for (int i = 0; i < batch.size(); i++) {
        loaded.put(Part.of(batch.get(i)), sums.get(i));
        keep(Part.of(batch.get(i)), sums.get(i));
      }
    }
    return sources.stream().map(source -> loaded.getOrDefault(Part.of(source), Map.of())).toList();
  }

  /* What footers say need not be read, nor small shards by DuckDB; takes those out. */
  private void takeTables(List<Source> missing, Map<Part, Map<String, ValueSum>> loaded)
      throws IOException, SelectionChanged {
    Map<Source, Map<String, MetricTotals>> tables = new HashMap<>();
    List<Source> large = missing.stream().filter(Source::mayHaveTable).toList();
    List<ShardLayout> layouts = reader.layouts(large);
    for (int i = 0; i < large.size(); i++) {
      Source source = large.get(i);
      layouts.get(i).metrics().ifPresent(table -> tables.put(source, table));
    }
    List<Source> others =
        missing.stream()
            .filter(source -> source.isReadFromItsFirstRow() && !tables.containsKey(source))
            .toList();
    List<Optional<Map<String, MetricTotals>>> totals = small.totals(others);
    for (int i = 0; i < others.size(); i++) {
      Source source = others.get(i);
      totals.get(i).ifPresent(table -> tables.put(source, table));
    }
    tables.entrySet().removeIf(table -> !isShownWhole(table.getKey(), table.getValue()));
    tables.forEach(
        (source, table) -> {
          Map<String, ValueSum> sums = new HashMap<>();
          table.forEach((name, metric) -> sums.put(name.intern(), sum(metric)));
          loaded.put(Part.of(source), sums);
          keep(Part.of(source), sums);
        });
    missing.removeAll(tables.keySet());
  }

  private static boolean isShownWhole(Source source, Map<String, MetricTotals> table) {
    return table.values().stream().allMatch(source::shows);
  }

  private static ValueSum sum(MetricTotals totals) {
    return new ValueSum(
        totals.firstRow(),
        totals.first(),
        totals.lastRow(),
        totals.last(),
        totals.min(),
        totals.max(),
        totals.sum(),
        totals.finite(),
        totals.count());
  }

  private synchronized @Nullable Map<String, ValueSum> find(Part part) {
    return known.get(part);
  }

  private synchronized void keep(Part part, Map<String, ValueSum> sums) {
    Map<String, ValueSum> before = known.put(part, sums);
    kept += sums.size() - (before == null ? 0 : before.size());
    Iterator<Map<String, ValueSum>> eldest = known.values().iterator();
    while (kept > MOST_KEPT && eldest.hasNext()) {
      kept -= eldest.next().size();
      eldest.remove();
    }
  }

  private static List<Map<String, ValueSum>> scan(
      Connection connection, Array files, List<Source> sources) throws SQLException {
    List<Map<String, ValueSum>> sums = new ArrayList<>(sources.size());
    sources.forEach(source -> sums.add(new HashMap<>()));
    SqlValues values = new SqlValues();
    String sql =
        """
        SELECT file, name, min(row), arg_min(value, row), max(row), arg_max(value, row),
               min(finite), max(finite), sum(finite), count(finite), count(*)
        FROM (
          SELECT file_index AS file, name, value, row,
                 CASE WHEN isfinite(value) THEN value END AS finite
          FROM read_parquet(%s, hive_partitioning = false)
          WHERE %s)
        GROUP BY file, name
        """
            .formatted(values.files(files), Source.areRead(sources, values));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      values.bind(connection, statement);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          sums.get(row.getInt(1)).put(row.getString(2).intern(), sum(row));
        }
      }
    }
    return sums;
  }

  private static ValueSum sum(ResultSet row) throws SQLException {
    long finite = row.getLong(10);
    return new ValueSum(
        row.getLong(3),
        row.getDouble(4),
        row.getLong(5),
        row.getDouble(6),
        finite == 0 ? Double.NaN : row.getDouble(7),
        finite == 0 ? Double.NaN : row.getDouble(8),
        finite == 0 ? 0 : row.getDouble(9),
        finite,
        row.getLong(11));
  }
}
