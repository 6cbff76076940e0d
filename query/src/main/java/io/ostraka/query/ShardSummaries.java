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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The summaries of immutable shards, each made once by one scan when it is first asked for. They
 * answer which metrics there are and how far they reach, and tell which shards a series needs.
 *
 * <p>A merged shard's summary is put together from those of its sources, so that a page that is
 * open while a run is compacted reads none of its rows again.
 */
final class ShardSummaries {
  /* Bounds the files that one scan holds open. */
  private static final int BATCH = 512;

  private final ShardReader reader;
  private final SmallShards small;

  /** By the folder that the shards lie in. */
  private final Map<String, Map<Part, ShardSummary>> known = new ConcurrentHashMap<>();

  private final Object scanning = new Object();

  ShardSummaries(ShardReader reader, SmallShards small) {
    this.reader = reader;
    this.small = small;
  }

  /** The rows of a shard below a step. */
  private record Part(LiveShard shard, long belowStep) {
    static Part of(Source source) {
      return new Part(source.shard(), source.belowStep());
    }

    static Part whole(LiveShard shard) {
      return new Part(shard, Source.EVERY_STEP);
    }

    String folder() {
      return shard.key().substring(0, shard.key().lastIndexOf('/'));
    }

    long last() {
      return shard.name().last();
    }
  }

  /** The summaries of some sources, whatever is forgotten of them meanwhile. */
  static final class Loaded {
    private final Map<Part, ShardSummary> summaries = new HashMap<>();

    /** What is shown of one of the sources. */
    ShardSummary of(Source source) {
      return Objects.requireNonNull(summaries.get(Part.of(source)));
    }

    /** The names of all metrics. */
    Set<String> names() {
      Set<String> names = new TreeSet<>();
      summaries.values().forEach(summary -> names.addAll(summary.names()));
      return names;
    }
  }

  /**
   * The summaries of some sources; those that there are none of yet are made.
   *
   * @param sources all live shards of one stream of each of their writers; summaries of other
   *     shards of the same folders are forgotten
   */
  Loaded load(List<Source> sources) throws IOException, SelectionChanged {
    Loaded known = find(sources);
    if (known != null) {
      return known;
    }
    synchronized (scanning) {
      List<Source> missing = missing(sources);
      Map<Part, Source> whole = new HashMap<>();
      Set<Source> cut = new LinkedHashSet<>();
      for (Source source : missing) {
        if (!combine(source.shard())) {
          whole.putIfAbsent(Part.whole(source.shard()), source);
        }
      }
      takeTables(whole);
      takeSmall(whole);
      scan(List.copyOf(whole.values()), false);
      for (Source source : missing) {
        if (!cutWithoutReading(source)) {
          cut.add(source);
        }
      }
      scan(List.copyOf(cut), true);
      forgetOthers(sources);
      return Objects.requireNonNull(find(sources));
    }
  }

  /** How many summaries are kept. */
  int size() {
    return known.values().stream().mapToInt(Map::size).sum();
  }

  /* Null if there is none of one of them. */
  private @Nullable Loaded find(List<Source> sources) {
    Loaded loaded = new Loaded();
    for (Source source : sources) {
      Part part = Part.of(source);
      ShardSummary summary = find(part);
      if (summary == null) {
        return null;
      }
      loaded.summaries.put(part, summary);
    }
    return loaded;
  }

  private @Nullable ShardSummary find(Part part) {
    Map<Part, ShardSummary> folder = known.get(part.folder());
    return folder == null ? null : folder.get(part);
  }

  private void keep(Part part, ShardSummary summary) {
    known.computeIfAbsent(part.folder(), name -> new ConcurrentHashMap<>()).put(part, summary);
  }

  private void forgetOthers(List<Source> sources) {
    Map<String, Set<LiveShard>> live = new HashMap<>();
    for (Source source : sources) {
      live.computeIfAbsent(Part.of(source).folder(), name -> new HashSet<>()).add(source.shard());
    }
    live.forEach(
        (folder, shards) ->
            known
                .getOrDefault(folder, Map.of())
                .keySet()
                .removeIf(part -> !shards.contains(part.shard())));
  }

  private List<Source> missing(Collection<Source> sources) {
    return sources.stream().filter(source -> find(Part.of(source)) == null).toList();
  }

  /* Whether the whole shard's summary is known, or could be put together of others without gap or
   * overlap: then the rows are the same, since the rows of a range never change. */
  private boolean combine(LiveShard shard) {
    Part target = Part.whole(shard);
    Map<Part, ShardSummary> folder = known.getOrDefault(target.folder(), Map.of());
    if (folder.containsKey(target)) {
      return true;
    }
    TreeMap<Long, Part> pieces = new TreeMap<>();
    for (Part part : folder.keySet()) {
      boolean isPiece =
          part.belowStep() == Source.EVERY_STEP
              && part.shard().fromRow() >= shard.fromRow()
              && part.last() <= target.last();
      if (isPiece) {
        pieces.merge(
            part.shard().fromRow(), part, (one, other) -> one.last() > other.last() ? one : other);
      }
    }
    ShardSummary.Builder builder = new ShardSummary.Builder();
    long next = shard.fromRow();
    while (next <= target.last()) {
      Part piece = pieces.get(next);
      if (piece == null) {
        return false;
      }
      builder.addAll(Objects.requireNonNull(folder.get(piece)));
      next = piece.last() + 1;
    }
    keep(target, builder.build(null));
    return true;
  }

  /* What footers say need not be read; takes those out. */
  private void takeTables(Map<Part, Source> whole) throws IOException, SelectionChanged {
    List<Source> large = whole.values().stream().filter(Source::mayHaveTable).toList();
    List<ShardLayout> layouts = reader.layouts(large);
    for (int i = 0; i < large.size(); i++) {
      Part part = Part.whole(large.get(i).shard());
      layouts
          .get(i)
          .metrics()
          .ifPresent(
              table -> {
                keep(part, ShardSummary.of(table, null));
                whole.remove(part);
              });
    }
  }

  /* Those that need no DuckDB; takes them out. */
  private void takeSmall(Map<Part, Source> whole) throws IOException, SelectionChanged {
    List<Source> sources = whole.values().stream().filter(ShardSummaries::isReadWhole).toList();
    List<Optional<Map<String, MetricTotals>>> totals = small.totals(sources);
    ShardSummary before = null;
    for (int i = 0; i < sources.size(); i++) {
      Part part = Part.whole(sources.get(i).shard());
      Map<String, MetricTotals> table = totals.get(i).orElse(null);
      if (table != null) {
        before = ShardSummary.of(table, before);
        keep(part, before);
        whole.remove(part);
      }
    }
  }

  private static boolean isReadWhole(Source source) {
    LiveShard shard = source.shard();
    return shard.fromRow() <= shard.name().first();
  }

  private boolean cutWithoutReading(Source source) {
    Part part = Part.of(source);
    ShardSummary whole = Objects.requireNonNull(find(Part.whole(source.shard())));
    ShardSummary cut =
        source.belowStep() == Source.EVERY_STEP ? whole : whole.below(source.belowStep());
    if (cut != null) {
      keep(part, cut);
    }
    return cut != null;
  }

  private void scan(List<Source> sources, boolean isCut) throws IOException, SelectionChanged {
    for (int from = 0; from < sources.size(); from += BATCH) {
      List<Source> batch = sources.subList(from, Math.min(from + BATCH, sources.size()));
      Map<Integer, ShardSummary.Builder> builders =
          reader.read(
              batch,
              Needs.columns("row", "step", "time", "name"),
              (connection, files) -> scan(connection, files, batch, isCut));
      ShardSummary before = null;
      for (int i = 0; i < batch.size(); i++) {
        ShardSummary.Builder builder = builders.getOrDefault(i, new ShardSummary.Builder());
        ShardSummary summary = builder.build(before);
        Source source = batch.get(i);
        keep(isCut ? Part.of(source) : Part.whole(source.shard()), summary);
        before = summary;
      }
    }
  }

  private static Map<Integer, ShardSummary.Builder> scan(
      Connection connection, Array files, List<Source> sources, boolean isCut) throws SQLException {
    SqlValues values = new SqlValues();
    String sql =
        """
        SELECT file_index, name, count(*), min(step), max(step),
               epoch_us(min(time)), epoch_us(max(time))
        FROM read_parquet(%s, hive_partitioning = false)
        WHERE row >= %s AND %s
        GROUP BY ALL
        """
            .formatted(
                values.files(files),
                Source.perFile(sources, values, source -> source.shard().fromRow()),
                isCut ? "step < " + Source.perFile(sources, values, Source::belowStep) : "true");
    Map<Integer, ShardSummary.Builder> builders = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      values.bind(connection, statement);
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
