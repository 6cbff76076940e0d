package io.ostraka.query;

import io.ostraka.catalog.LiveShard;
import io.ostraka.shard.MetricPoints;
import io.ostraka.shard.MetricTotals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Small shards, read without DuckDB: that takes most of a millisecond to open a file, however
 * little is in it, and a young run, or one of many ranks, has hundreds. Keeps the points of metrics
 * that were asked for lately, which never change. A shard that cannot be read here is left to
 * DuckDB, which says what is wrong with it. Safe for threads.
 */
final class SmallShards {
  /** A point takes 32 bytes, so this is 48 MB. */
  static final long USUALLY_KEPT = 1_500_000;

  /** One row group: of a larger shard, parts are read alone. */
  private static final long MOST_ROWS = 131_072;

  /** What an entry takes beside its points, counted in these. */
  private static final long ENTRY_POINTS = 8;

  /** Bounds the files that are held open. */
  private static final int BATCH = 512;

  private static final int MOST_REFUSED = 100_000;

  private final ShardReader reader;
  private final long mostKept;
  private final Set<LiveShard> refused = ConcurrentHashMap.newKeySet();
  private final Map<Place, MetricPoints> known = new LinkedHashMap<>(16, 0.75f, true);
  private long kept;

  /**
   * The small shards of a store.
   *
   * @param mostKept how many points are kept; with 0 everything is left to DuckDB
   */
  SmallShards(ShardReader reader, long mostKept) {
    this.reader = reader;
    this.mostKept = mostKept;
  }

  private record Place(LiveShard shard, String metric) {}

  /** Takes the points of a shard. */
  interface Taker {
    void take(Source source, MetricPoints points);
  }

  /**
   * Gives the points of a metric in those shards that are small.
   *
   * @return the sources that are left to DuckDB
   * @throws SelectionChanged if a shard has vanished; the caller chooses anew
   */
  List<Source> read(List<Source> sources, String metric, Taker taker)
      throws IOException, SelectionChanged {
    List<Source> left = new ArrayList<>();
    List<Source> missing = new ArrayList<>();
    for (Source source : sources) {
      if (!isSmall(source)) {
        left.add(source);
        continue;
      }
      MetricPoints points = known(new Place(source.shard(), metric));
      if (points == null) {
        missing.add(source);
      } else {
        taker.take(source, points);
      }
    }
    Needs needs = Needs.metrics(List.of(metric));
    // Of more than can be kept the first ones are, so that the next chart finds these.
    long read = 0;
    for (List<Source> batch : batches(missing)) {
      List<Optional<MetricPoints>> all =
          reader.readSmall(
              batch,
              needs,
              (shards, source, path) ->
                  shards.points(path, source.stream(), source.shard().key(), metric));
      for (int i = 0; i < batch.size(); i++) {
        Source source = batch.get(i);
        MetricPoints points = all.get(i).orElse(null);
        if (points == null) {
          refuse(source);
          left.add(source);
        } else {
          taker.take(source, points);
          read += weight(points);
          if (read <= mostKept) {
            keep(new Place(source.shard(), metric), points);
          }
        }
      }
    }
    return left;
  }

  /**
   * The metrics of those shards that are small and on this machine, in the order of the sources;
   * nothing for the others.
   *
   * @throws SelectionChanged if a shard has vanished; the caller chooses anew
   */
  List<Optional<Map<String, MetricTotals>>> totals(List<Source> sources)
      throws IOException, SelectionChanged {
    List<Source> small = sources.stream().filter(this::isSmall).toList();
    Map<Source, Map<String, MetricTotals>> found = new HashMap<>();
    for (List<Source> batch : batches(small)) {
      List<Optional<Map<String, MetricTotals>>> all =
          reader.readSmall(
              batch,
              Needs.columns("row", "step", "time", "name"),
              (shards, source, path) -> shards.totals(path, source.stream(), source.shard().key()));
      for (int i = 0; i < batch.size(); i++) {
        Source source = batch.get(i);
        all.get(i).ifPresentOrElse(totals -> found.put(source, totals), () -> refuse(source));
      }
    }
    return sources.stream().map(source -> Optional.ofNullable(found.get(source))).toList();
  }

  private boolean isSmall(Source source) {
    return mostKept > 0
        && source.stream().isSeries()
        && source.shard().name().rows() <= MOST_ROWS
        && !refused.contains(source.shard());
  }

  private static List<List<Source>> batches(List<Source> sources) {
    List<List<Source>> batches = new ArrayList<>();
    for (int from = 0; from < sources.size(); from += BATCH) {
      batches.add(sources.subList(from, Math.min(from + BATCH, sources.size())));
    }
    return batches;
  }

  private void refuse(Source source) {
    if (refused.size() >= MOST_REFUSED) {
      refused.clear();
    }
    refused.add(source.shard());
  }

  private @Nullable MetricPoints known(Place place) {
    synchronized (known) {
      return known.get(place);
    }
  }

  private void keep(Place place, MetricPoints points) {
    synchronized (known) {
      MetricPoints before = known.put(place, points);
      kept += weight(points) - (before == null ? 0 : weight(before));
      Iterator<MetricPoints> eldest = known.values().iterator();
      while (kept > mostKept && eldest.hasNext()) {
        kept -= weight(eldest.next());
        eldest.remove();
      }
    }
  }

  private static long weight(MetricPoints points) {
    return ENTRY_POINTS + points.size();
  }
}
