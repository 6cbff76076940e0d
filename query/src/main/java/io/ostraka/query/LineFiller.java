package io.ostraka.query;

import io.ostraka.catalog.Watermark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the points of lines, each line in the cheapest way that there is for it. */
final class LineFiller {
  /*
   * Bins of all values are BinFiller's. Everything else is made here out of the points, in their
   * order. That costs more, and is made anew each time: what is new does not add up with what is
   * held.
   */
  private final SeriesRequest request;
  private final Selection selection;
  private final ShardReader reader;
  private final Layout layout;
  private final Places places;
  private final Grid grid;
  private final Reducers reducers;
  private final BinFiller bins;

  LineFiller(
      SeriesRequest request,
      Selection selection,
      ShardReader reader,
      SmallShards small,
      Rollups rollups,
      Layout layout,
      Places places,
      Grid grid) {
    this.request = request;
    this.selection = selection;
    this.reader = reader;
    this.layout = layout;
    this.places = places;
    this.grid = grid;
    this.reducers = new Reducers(request, layout, grid);
    this.bins = new BinFiller(request, selection, reader, small, rollups, places, reducers);
  }

  /**
   * Fills all lines.
   *
   * @param mayAdd whether what is held can be added to
   * @return whether the lines hold only what is new
   */
  boolean fill(List<Panel> panels, boolean mayAdd) throws IOException, SelectionChanged {
    SeriesRequest.Held held = request.held();
    Watermark above = held != null && mayAdd ? held.progress().watermark() : null;
    if (above != null && above.equals(selection.progress(places.origins()).watermark())) {
      return true;
    }
    boolean onlyNew = above != null && layout.statistic() == null;
    for (Panel panel : panels) {
      onlyNew &= binned(panel, above).size() == panel.lines().size();
    }
    for (Panel panel : panels) {
      fill(panel, onlyNew ? above : null);
    }
    return onlyNew;
  }

  private void fill(Panel panel, @Nullable Watermark above) throws IOException, SelectionChanged {
    Set<Line> binned = binned(panel, above);
    for (Line line : panel.lines()) {
      if (!binned.contains(line)) {
        reducers.prepare(line);
      }
    }
    Map<Boolean, List<Panel.Held>> shards =
        panel.shards().stream()
            .collect(Collectors.partitioningBy(shard -> binned.contains(panel.line(shard))));
    bins.fill(panel, shards.getOrDefault(true, List.of()), above);
    scanPoints(panel, shards.getOrDefault(false, List.of()));
  }

  /*
   * The lines that are given in bins of all values whatever comes: if points are wanted of lines
   * that have few, those that have many for sure, by the shards that lie in view and up to the
   * watermark as a whole.
   */
  private Set<Line> binned(Panel panel, @Nullable Watermark upTo) {
    if (!request.options().areBinsOfAll()) {
      return Set.of();
    }
    if (!reducers.areFewExact()) {
      return Set.copyOf(panel.lines());
    }
    Map<Line, Long> counts = new HashMap<>();
    for (Panel.Held shard : panel.shards()) {
      counts.merge(panel.line(shard), surely(shard, upTo), Long::sum);
    }
    counts.values().removeIf(count -> count <= request.bins());
    return counts.keySet();
  }

  private long surely(Panel.Held shard, @Nullable Watermark upTo) {
    Extent positions = shard.positions();
    boolean allHavePlaces = request.axis() != Axis.STEP || request.stream().stepRequired();
    boolean isBelow =
        upTo == null
            || shard.source().shard().name().last()
                <= upTo.row(selection.writer(shard.writer()), request.stream());
    boolean isWithin =
        positions != null && positions.equals(positions.intersection(grid.visible()));
    return allHavePlaces && isBelow && isWithin ? shard.count() : 0;
  }

  private void scanPoints(Panel panel, List<Panel.Held> shards)
      throws IOException, SelectionChanged {
    List<Source> wanted = new ArrayList<>();
    for (Panel.Held shard : shards) {
      Extent positions = shard.positions();
      if (positions != null && (needsAll() || positions.meets(grid.visible()))) {
        wanted.add(shard.source());
      }
    }
    if (wanted.isEmpty()) {
      return;
    }
    Tracks tracks = Tracks.of(selection);
    PointScan scan =
        new PointScan(
            places,
            panel.metric(),
            wanted,
            tracks,
            request.options().lastOfRepeats(),
            request.options().smoothing() == null ? grid.visible() : null);
    reader.read(
        wanted,
        Needs.metrics(List.of(panel.metric())),
        (connection, files) -> {
          scan.run(
              connection, files, writer -> reducers.sink(panel.byWriter().get(writer), writer));
          return panel;
        });
  }

  /* Whether what lies out of view decides about what is in view: points that are smoothed with it,
   * and on an axis of time a later value of the same step. */
  private boolean needsAll() {
    SeriesOptions options = request.options();
    return options.smoothing() != null || (options.lastOfRepeats() && request.axis() != Axis.STEP);
  }
}
