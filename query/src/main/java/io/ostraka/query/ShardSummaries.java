package io.ostraka.query;

import io.ostraka.catalog.LiveShard;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The summaries of immutable shards, each made once by one scan when it is first asked for. They
 * answer which metrics there are and how far they reach, and tell which shards a series needs.
 */
final class ShardSummaries {
  /* Bounds the files that one scan holds open. */
  private static final int BATCH = 512;

  private final ShardReader reader;
  private final Map<LiveShard, ShardSummary> known = new ConcurrentHashMap<>();
  private final Object scanning = new Object();

  ShardSummaries(ShardReader reader) {
    this.reader = reader;
  }

  /** The summary of a source that was given to {@link #load}. */
  ShardSummary of(Source source) {
    ShardSummary summary = known.get(source.shard());
    if (summary == null) {
      throw new IllegalStateException("No summary was loaded of " + source.shard().key());
    }
    return summary;
  }

  /**
   * Makes the summaries of those sources that have none yet.
   *
   * @param sources all live shards of one stream of each of their writers; summaries of other
   *     shards of the same folders are forgotten
   */
  void load(List<Source> sources) throws IOException, SelectionChanged {
    if (missing(sources).isEmpty()) {
      return;
    }
    synchronized (scanning) {
      List<Source> missing = missing(sources);
      for (int from = 0; from < missing.size(); from += BATCH) {
        scan(missing.subList(from, Math.min(from + BATCH, missing.size())));
      }
      forgetOthers(sources);
    }
  }

  /** The names of all metrics of some sources that were given to {@link #load}. */
  Set<String> names(List<Source> sources) {
    Set<String> names = new TreeSet<>();
    sources.forEach(source -> names.addAll(of(source).names()));
    return names;
  }

  private void forgetOthers(List<Source> sources) {
    Set<LiveShard> live = new HashSet<>();
    Set<String> folders = new HashSet<>();
    for (Source source : sources) {
      live.add(source.shard());
      folders.add(folder(source.shard()));
    }
    known.keySet().removeIf(shard -> folders.contains(folder(shard)) && !live.contains(shard));
  }

  private static String folder(LiveShard shard) {
    return shard.key().substring(0, shard.key().lastIndexOf('/'));
  }

  private List<Source> missing(List<Source> sources) {
    List<Source> missing = new ArrayList<>();
    for (Source source : sources) {
      if (!known.containsKey(source.shard())) {
        missing.add(source);
      }
    }
    return missing;
  }

  private void scan(List<Source> sources) throws IOException, SelectionChanged {
    Map<Integer, ShardSummary.Builder> builders =
        reader.read(sources, (connection, files) -> scan(connection, files, sources));
    ShardSummary before = null;
    for (int i = 0; i < sources.size(); i++) {
      ShardSummary.Builder builder = builders.getOrDefault(i, new ShardSummary.Builder());
      ShardSummary summary = builder.build(before);
      known.put(sources.get(i).shard(), summary);
      before = summary;
    }
  }

  private static Map<Integer, ShardSummary.Builder> scan(
      Connection connection, Array files, List<Source> sources) throws SQLException {
    String sql =
        """
        SELECT file_index, name, count(*), min(step), max(step),
               epoch_us(min(time)), epoch_us(max(time))
        FROM read_parquet(?, hive_partitioning = false)
        WHERE row >= (?::BIGINT[])[file_index::BIGINT + 1]
        GROUP BY ALL
        """;
    Object[] fromRows = sources.stream().map(source -> source.shard().fromRow()).toArray();
    Map<Integer, ShardSummary.Builder> builders = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, files);
      statement.setArray(2, connection.createArrayOf("BIGINT", fromRows));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          builders
              .computeIfAbsent(rows.getInt(1), i -> new ShardSummary.Builder())
              .add(rows.getString(2), entry(rows));
        }
      }
    }
    return builders;
  }

  private static ShardSummary.Entry entry(ResultSet rows) throws SQLException {
    return new ShardSummary.Entry(
        rows.getLong(3), steps(rows), new Extent(rows.getLong(6), rows.getLong(7)));
  }

  private static @Nullable Extent steps(ResultSet rows) throws SQLException {
    long first = rows.getLong(4);
    return rows.wasNull() ? null : new Extent(first, rows.getLong(5));
  }
}
