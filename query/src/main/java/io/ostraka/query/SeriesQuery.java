package io.ostraka.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to one {@link SeriesRequest} over one {@link Selection}. */
final class SeriesQuery {
  /*
   * Positions are steps or microseconds (Axis). The summaries of all shards give each line's
   * extent and, with the range asked for, what is visible of all lines together; from that follows
   * the bin width. Then the lines are filled (LineFiller).
   */
  private final SeriesRequest request;
  private final Selection selection;
  private final ShardReader reader;
  private final SmallShards small;
  private final Rollups rollups;
  private final ShardSummaries.Loaded summaries;
  private final Layout layout;
  private final Places places;

  SeriesQuery(
      SeriesRequest request,
      Selection selection,
      ShardReader reader,
      SmallShards small,
      Rollups rollups,
      ShardSummaries.Loaded summaries) {
    this.request = request;
    this.selection = selection;
    this.reader = reader;
    this.small = small;
    this.rollups = rollups;
    this.summaries = summaries;
    this.layout = Layout.of(request, selection);
    this.places = Places.on(request.axis(), selection, summaries);
  }

  SeriesAnswer run() throws IOException, SelectionChanged {
    List<Panel> panels =
        request.metrics().stream()
            .map(metric -> Panel.of(metric, layout, selection, summaries, places))
            .toList();
    List<Line> lines = panels.stream().flatMap(panel -> panel.lines().stream()).toList();
    if (lines.isEmpty()) {
      throw Unknown.metric(request.metrics(), summaries.names());
    }
    Extent visible = visible(lines);
    long width = width(visible);
    // What a group has in common may change without a new row.
    boolean onlyNew = isAsItWas(width) && request.options().grouping() == null;
    if (visible != null) {
      Grid grid = new Grid(visible, width * request.axis().positionsPerUnit());
      LineFiller filler =
          new LineFiller(request, selection, reader, small, rollups, layout, places, grid);
      onlyNew = filler.fill(panels, onlyNew);
    }
    List<Series> series = new ArrayList<>();
    for (Panel panel : panels) {
      panel.lines().forEach(line -> series.add(series(panel.metric(), line)));
    }
    Clip clip = request.options().clip();
    return new SeriesAnswer(
        request.axis(),
        null,
        width,
        0,
        !onlyNew,
        selection.progress(places.origins()),
        clip == null ? null : clip.of(series.stream().map(Series::drawn).toList()),
        series,
        selection.problems());
  }

  /* Whether what is held can be added to. */
  private boolean isAsItWas(long width) {
    SeriesRequest.Held held = request.held();
    return held != null
        && held.width() == width
        && selection.shape(held.progress().watermark(), places.origins())
            == held.progress().shape();
  }

  private @Nullable Extent visible(List<Line> lines) {
    Extent all = null;
    for (Line line : lines) {
      all = Extent.union(all, line.extent());
    }
    Extent asked = request.range().positions(request.axis());
    return all == null || asked == null ? null : all.intersection(asked);
  }

  private long width(@Nullable Extent visible) {
    SeriesRequest.Held held = request.held();
    if (visible == null) {
      return held == null ? 1 : held.width();
    }
    Extent units = places.units(visible);
    if (held != null && BinWidth.fits(held.width(), units, request.bins())) {
      return held.width();
    }
    return BinWidth.choose(units, request.bins());
  }

  private Series series(String metric, Line line) {
    Extent extent = line.extent();
    Extent units = extent == null ? null : places.units(extent);
    return Series.of(line, metric, selection, units, null, layout);
  }
}
