package io.ostraka.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The answer to a {@link SeriesRequest} with formulas, or with another metric as x axis. */
final class DerivedQuery {
  /*
   * Where such lines reach cannot be told from the summaries of the shards: that comes from their
   * points, and from it what is visible and the bins. Points that are not too many are kept
   * meanwhile; else each line is scanned twice, for its extent and for its points.
   */
  private static final long MOST_KEPT = 1_000_000;

  private final SeriesRequest request;
  private final Selection selection;
  private final ShardReader reader;
  private final ShardSummaries.Loaded summaries;
  private final Layout layout;
  private final Places places;
  private final Tracks tracks;

  DerivedQuery(
      SeriesRequest request,
      Selection selection,
      ShardReader reader,
      ShardSummaries.Loaded summaries) {
    this.request = request;
    this.selection = selection;
    this.reader = reader;
    this.summaries = summaries;
    this.layout = Layout.of(request, selection);
    this.places = Places.on(request.axis(), selection, summaries);
    this.tracks = Tracks.of(selection);
  }

  /** The lines of one expression. */
  private record Panel(
      JoinedScan scan,
      @Nullable JoinedPoints kept,
      Map<LineKey, Line> lines,
      Map<Line, Reach> reach) {}

  SeriesAnswer run() throws IOException, SelectionChanged {
    List<Panel> panels = new ArrayList<>();
    Set<String> unknown = new LinkedHashSet<>();
    for (String metric : request.metrics()) {
      Expression expression = Expression.parse(metric);
      List<String> missing = missing(expression);
      unknown.addAll(missing);
      if (missing.isEmpty()) {
        panels.add(panel(expression));
      }
    }
    if (panels.isEmpty()) {
      throw Unknown.metric(List.copyOf(unknown), summaries.names());
    }
    Reach all = null;
    for (Panel panel : panels) {
      for (Reach reach : panel.reach().values()) {
        all = all == null ? reach : all.and(reach);
      }
    }
    String xMetric = request.options().xMetric();
    ValueRange values = all == null ? null : all.values();
    XScale scale = values == null ? null : XScale.of(request.range().within(values));
    Extent visible = all == null ? null : visible(all, scale);
    long width = visible == null ? 1 : BinWidth.choose(units(visible, scale), request.bins());
    List<Series> series = new ArrayList<>();
    for (Panel panel : panels) {
      if (visible != null) {
        long perUnit = scale == null ? request.axis().positionsPerUnit() : 1;
        fill(panel, new Grid(visible, width * perUnit), scale);
      }
      panel.lines().values().forEach(line -> series.add(series(panel, line)));
    }
    Clip clip = request.options().clip();
    return new SeriesAnswer(
        request.axis(),
        xMetric,
        width,
        scale == null ? 0 : scale.exponent(),
        true,
        selection.progress(places.origins()),
        clip == null ? null : clip.of(series.stream().map(Series::drawn).toList()),
        series,
        selection.problems());
  }

  /* The metrics that an expression and the axis need. */
  private List<String> names(Expression expression) {
    List<String> names = new ArrayList<>(expression.names());
    String xMetric = request.options().xMetric();
    if (xMetric != null) {
      names.add(xMetric);
    }
    return names;
  }

  private List<String> missing(Expression expression) {
    Set<String> known = summaries.names();
    return names(expression).stream().filter(name -> !known.contains(name)).toList();
  }

  private Panel panel(Expression expression) throws IOException, SelectionChanged {
    String xMetric = request.options().xMetric();
    List<String> names = names(expression);
    List<Source> sources = new ArrayList<>();
    for (Source source : selection.sources()) {
      ShardSummary summary = summaries.of(source);
      if (names.stream().anyMatch(name -> summary.find(name) != null)) {
        sources.add(source);
      }
    }
    JoinedScan scan =
        new JoinedScan(
            places,
            expression,
            xMetric,
            sources,
            tracks,
            xTracks(xMetric),
            request.options().lastOfRepeats());
    if (mostPoints(expression) > MOST_KEPT / request.metrics().size()) {
      return lines(scan, null, reader.read(sources, scan::reach));
    }
    JoinedPoints kept =
        reader.read(
            sources,
            (connection, files) -> {
              JoinedPoints points = new JoinedPoints(xMetric != null);
              scan.run(connection, files, points);
              return points;
            });
    return lines(scan, kept, kept.reach());
  }

  /* A formula has a point at most wherever each of its metrics has one. */
  private long mostPoints(Expression expression) {
    return expression.names().stream().mapToLong(this::points).min().orElse(0);
  }

  private long points(String metric) {
    long points = 0;
    for (Source source : selection.sources()) {
      ShardSummary.Entry entry = summaries.of(source).find(metric);
      points += entry == null ? 0 : entry.count();
    }
    return points;
  }

  /* A rank takes the x of its own, or if it logs none, that of the run's first rank that does. */
  private List<Integer> xTracks(@Nullable String xMetric) {
    Map<Integer, Integer> firstOfRun = new LinkedHashMap<>();
    Map<Integer, Integer> own = new LinkedHashMap<>();
    for (Source source : selection.sources()) {
      if (xMetric != null && summaries.of(source).find(xMetric) != null) {
        int track = tracks.of(source.writer());
        own.put(track, track);
        firstOfRun.putIfAbsent(selection.runOf(source.writer()), track);
      }
    }
    List<Integer> xTracks = new ArrayList<>();
    for (int writer = 0; writer < selection.writerCount(); writer++) {
      int track = tracks.of(writer);
      if (track == xTracks.size()) {
        int first = firstOfRun.getOrDefault(selection.runOf(writer), track);
        xTracks.add(own.getOrDefault(track, first));
      }
    }
    return xTracks;
  }

  private Panel lines(
      JoinedScan scan, @Nullable JoinedPoints kept, Map<Integer, Reach> reachOfTracks) {
    Map<LineKey, Line> lines = new LinkedHashMap<>();
    Map<Line, Reach> reach = new LinkedHashMap<>();
    for (int writer = 0; writer < selection.writerCount(); writer++) {
      Reach ofTrack = reachOfTracks.get(tracks.of(writer));
      if (ofTrack != null && hasPoints(scan, writer)) {
        Line line = lines.computeIfAbsent(layout.keys().get(writer), Line::new);
        line.add(selection.runOf(writer), writer, null);
        reach.merge(line, ofTrack, Reach::and);
      }
    }
    return new Panel(scan, kept, lines, reach);
  }

  private boolean hasPoints(JoinedScan scan, int writer) {
    List<String> names = scan.expression().names();
    return scan.sources().stream()
        .filter(source -> source.writer() == writer)
        .map(summaries::of)
        .anyMatch(summary -> names.stream().anyMatch(name -> summary.find(name) != null));
  }

  private @Nullable Extent visible(Reach all, @Nullable XScale scale) {
    Extent asked =
        scale == null
            ? request.range().positions(request.axis())
            : request.range().positions(scale.positionsPerUnit());
    ValueRange values = all.values();
    Extent there =
        scale == null || values == null
            ? all.positions()
            : new Extent(scale.position(values.low()), scale.position(values.high()));
    return asked == null || there == null ? null : asked.intersection(there);
  }

  private Extent units(Extent visible, @Nullable XScale scale) {
    return scale == null ? places.units(visible) : visible;
  }

  private void fill(Panel panel, Grid grid, @Nullable XScale scale)
      throws IOException, SelectionChanged {
    Reducers reducers = new Reducers(request, layout, grid);
    panel.lines().values().forEach(reducers::prepare);
    if (panel.lines().isEmpty()) {
      return;
    }
    IntFunction<PointSink> sinks =
        writer ->
            reducers.sink(
                Objects.requireNonNull(panel.lines().get(layout.keys().get(writer))), writer);
    JoinedPoints kept = panel.kept();
    if (kept != null) {
      kept.give(places.axis(), scale, sinks);
      return;
    }
    reader.read(
        panel.scan().sources(),
        (connection, files) -> {
          JoinedScan.Giver giver = new JoinedScan.Giver(places.axis(), scale, sinks);
          panel.scan().run(connection, files, giver);
          giver.end();
          return panel;
        });
  }

  private Series series(Panel panel, Line line) {
    Reach reach = Objects.requireNonNull(panel.reach().get(line));
    Extent positions = reach.positions();
    return Series.of(
        line,
        panel.scan().expression().text(),
        selection,
        positions == null ? null : places.units(positions),
        reach.values(),
        layout);
  }
}
