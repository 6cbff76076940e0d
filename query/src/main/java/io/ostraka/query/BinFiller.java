package io.ostraka.query;

import io.ostraka.catalog.Watermark;
import io.ostraka.shard.RollupAxis;
import io.ostraka.shard.RollupLevel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Fills lines with bins of all values: of roll-ups as far as these reach, else of rows. */
final class BinFiller {
  /*
   * One scan a metric over those shards that hold it, reach into the range and have rows above the
   * watermark. Of small shards the points are at hand (SmallShards) and put into bins here; of
   * others DuckDB makes bins for each writer. The writers of one line are merged here, since "the
   * last value" has an order only within a writer.
   *
   * A shard that is read from its first row on may have a roll-up. Of that, all bins are taken that
   * lie wholly within the range and below the step from which rows are hidden; what is left at the
   * two ends are other scans, each of a few row groups.
   */
  private final SeriesRequest request;
  private final Selection selection;
  private final ShardReader reader;
  private final SmallShards small;
  private final Rollups rollups;
  private final Places places;
  private final Grid grid;
  private final Reducers reducers;

  BinFiller(
      SeriesRequest request,
      Selection selection,
      ShardReader reader,
      SmallShards small,
      Rollups rollups,
      Places places,
      Reducers reducers) {
    this.request = request;
    this.selection = selection;
    this.reader = reader;
    this.small = small;
    this.rollups = rollups;
    this.places = places;
    this.grid = reducers.grid();
    this.reducers = reducers;
  }

  /** What is left to be read of rows: of all sources together, and in parts of the range. */
  private static final class Rest {
    private final List<Source> sources = new ArrayList<>();
    private boolean cut;
    private final Map<Extent, List<Source>> edges = new LinkedHashMap<>();
  }

  /**
   * Fills the lines of some shards.
   *
   * @param above only rows above it; null for all
   */
  void fill(Panel panel, List<Panel.Held> shards, @Nullable Watermark above)
      throws IOException, SelectionChanged {
    Rest rest = new Rest();
    List<Panel.Held> rolled = new ArrayList<>();
    for (Panel.Held shard : shards) {
      Source source = above == null ? shard.source() : rest(shard.source(), above);
      Extent shown = shown(shard);
      if (shown == null || source.isEmpty()) {
        continue;
      }
      boolean isWhole = source.fromRow() <= shard.source().shard().name().first();
      if (isWhole && rollupAxis() != null && rollups.mayBe(source, shard.count())) {
        rolled.add(shard);
      } else {
        addRows(rest, shard, source);
      }
    }
    takeRollups(panel, rolled, rest);
    scan(panel, rest.sources, rest.cut ? grid.visible() : null);
    for (Map.Entry<Extent, List<Source>> edge : rest.edges.entrySet()) {
      scan(panel, edge.getValue(), edge.getKey());
    }
  }

  private Source rest(Source source, Watermark above) {
    return source.from(above.row(selection.writer(source.writer()), request.stream()) + 1);
  }

  private @Nullable Extent shown(Panel.Held shard) {
    Extent positions = shard.positions();
    return positions == null ? null : positions.intersection(grid.visible());
  }

  private void addRows(Rest rest, Panel.Held shard, Source source) {
    rest.sources.add(source);
    rest.cut |= !Objects.equals(shown(shard), shard.positions());
  }

  /* No roll-up knows when a run began. */
  private @Nullable RollupAxis rollupAxis() {
    return switch (request.axis()) {
      case STEP -> request.stream().stepRequired() ? RollupAxis.STEP : null;
      case TIME -> RollupAxis.TIME;
      case RELATIVE -> null;
    };
  }

  private void takeRollups(Panel panel, List<Panel.Held> shards, Rest rest) throws IOException {
    RollupAxis axis = rollupAxis();
    if (axis == null || shards.isEmpty()) {
      return;
    }
    long width = grid.positionsPerBin() / places.axis().positionsPerUnit();
    List<Rollups.Wanted> wanted = new ArrayList<>();
    for (Panel.Held shard : shards) {
      wanted.add(
          new Rollups.Wanted(
              selection.writerKey(shard.writer()), shard.source(), panel.metric(), axis, width));
    }
    List<Optional<RollupLevel>> levels = rollups.find(wanted);
    for (int i = 0; i < shards.size(); i++) {
      Panel.Held shard = shards.get(i);
      Optional<RolledShard> rolled =
          levels.get(i).map(level -> new RolledShard(level, shard, places.axis(), grid));
      if (rolled.isEmpty()) {
        addRows(rest, shard, shard.source());
      } else if (rolled.get().contradicts()) {
        rollups.leaveOut(shard.source());
        addRows(rest, shard, shard.source());
      } else if (!rolled.get().isOfUse()) {
        addRows(rest, shard, shard.source());
      } else {
        rolled.get().addTo(reducers.bins(panel.line(shard), shard.writer()));
        for (Extent edge : rolled.get().edges()) {
          rest.edges.computeIfAbsent(edge, one -> new ArrayList<>()).add(shard.source());
        }
      }
    }
  }

  private void scan(Panel panel, List<Source> sources, @Nullable Extent cut)
      throws IOException, SelectionChanged {
    PointBins binning = new PointBins(places, grid, cut == null ? grid.visible() : cut);
    List<Source> large =
        small.read(
            sources,
            panel.metric(),
            (source, points) -> binning.add(source, points, bins(panel, source.writer())));
    if (large.isEmpty()) {
      return;
    }
    BinScan scan = new BinScan(places, grid, panel.metric(), large, cut);
    reader.read(
        large,
        Needs.metrics(List.of(panel.metric())),
        (connection, files) -> {
          scan.run(connection, files, writer -> bins(panel, writer));
          return panel;
        });
  }

  private Bins.Builder bins(Panel panel, int writer) {
    return reducers.bins(panel.byWriter().get(writer), writer);
  }
}
