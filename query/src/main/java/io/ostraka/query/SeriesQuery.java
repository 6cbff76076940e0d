package io.ostraka.query;

import io.ostraka.WriterId;
import io.ostraka.catalog.Watermark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The answer to one {@link SeriesRequest} over one {@link Selection}. */
final class SeriesQuery {
  /*
   * Positions are steps or microseconds (Axis). The summaries of all shards give each line's
   * extent and, with the range asked for, what is visible of all lines together; from that follows
   * the bin width. Then one scan a metric over those shards that hold it, reach into the range and
   * have rows above the watermark. DuckDB makes bins for each writer; the writers of one line are
   * merged here, since "the last value" has an order only within a writer.
   */
  private final SeriesRequest request;
  private final Selection selection;
  private final ShardReader reader;
  private final ShardSummaries.Loaded summaries;

  /** What the positions of each writer are counted from: the start of its run, or 0. */
  private final List<Long> origins = new ArrayList<>();

  SeriesQuery(
      SeriesRequest request,
      Selection selection,
      ShardReader reader,
      ShardSummaries.Loaded summaries) {
    this.request = request;
    this.selection = selection;
    this.reader = reader;
    this.summaries = summaries;
  }

  SeriesAnswer run() throws IOException, SelectionChanged {
    findOrigins();
    List<Panel> panels = request.metrics().stream().map(this::panel).toList();
    List<Line> lines = panels.stream().flatMap(panel -> panel.lines().stream()).toList();
    if (lines.isEmpty()) {
      throw Unknown.metric(request.metrics(), summaries.names());
    }
    Extent visible = visible(lines);
    SeriesRequest.Held held = request.held();
    long width = width(visible, held);
    boolean onlyNew = held != null && held.width() == width && isAsItWas(held.progress());
    Watermark above = held != null && onlyNew ? held.progress().watermark() : Watermark.none();
    if (visible != null) {
      Grid grid = new Grid(visible, width * request.axis().positionsPerUnit());
      for (Panel panel : panels) {
        fill(panel, grid, above);
      }
    }
    return new SeriesAnswer(
        request.axis(),
        width,
        !onlyNew,
        selection.progress(origins),
        lines.stream().map(this::series).toList(),
        selection.problems());
  }

  private boolean isAsItWas(Progress progress) {
    return selection.shape(progress.watermark(), origins) == progress.shape();
  }

  private void findOrigins() {
    boolean relative = request.axis() == Axis.RELATIVE;
    Map<Integer, Long> starts = new TreeMap<>();
    for (int writer = 0; writer < selection.writerCount(); writer++) {
      int run = selection.runOf(writer);
      origins.add(
          relative ? starts.computeIfAbsent(run, at -> selection.startMicros(at, summaries)) : 0L);
    }
  }

  private Panel panel(String metric) {
    List<Line> byWriter = new ArrayList<>();
    Map<LineKey, Line> lines = new LinkedHashMap<>();
    for (int writer = 0; writer < selection.writerCount(); writer++) {
      int run = selection.runOf(writer);
      WriterId lead = request.eachRank() ? selection.lead(writer) : null;
      byWriter.add(
          lines.computeIfAbsent(new LineKey(run, lead), key -> new Line(metric, run, lead)));
    }
    List<Source> sources = new ArrayList<>();
    for (Source source : selection.sources()) {
      ShardSummary.Entry entry = summaries.of(source).find(metric);
      if (entry != null) {
        sources.add(source);
        Extent positions = positions(entry, source.writer());
        byWriter.get(source.writer()).add(source.writer(), positions);
      }
    }
    List<Line> found = lines.values().stream().filter(line -> !line.writers.isEmpty()).toList();
    return new Panel(metric, byWriter, found, sources);
  }

  private @Nullable Extent positions(ShardSummary.Entry entry, int writer) {
    if (request.axis() == Axis.STEP) {
      return entry.steps();
    }
    Extent times = entry.timesMicros();
    long origin = origins.get(writer);
    return new Extent(times.first() - origin, times.last() - origin);
  }

  private @Nullable Extent visible(List<Line> lines) {
    Extent all = null;
    for (Line line : lines) {
      all = Extent.union(all, line.extent);
    }
    Extent asked = request.range().positions(request.axis());
    return all == null || asked == null ? null : all.intersection(asked);
  }

  private long width(@Nullable Extent visible, SeriesRequest.@Nullable Held held) {
    if (visible == null) {
      return held == null ? 1 : held.width();
    }
    Extent units = units(visible);
    if (held != null && BinWidth.fits(held.width(), units, request.bins())) {
      return held.width();
    }
    return BinWidth.choose(units, request.bins());
  }

  private Extent units(Extent positions) {
    Axis axis = request.axis();
    return new Extent(axis.unitOf(positions.first()), axis.unitOf(positions.last()));
  }

  private void fill(Panel panel, Grid grid, Watermark above) throws IOException, SelectionChanged {
    List<Source> wanted = new ArrayList<>();
    boolean cut = false;
    for (Source source : panel.sources()) {
      ShardSummary.Entry entry = summaries.of(source).find(panel.metric());
      Extent positions = entry == null ? null : positions(entry, source.writer());
      long taken = above.row(selection.writer(source.writer()), request.stream());
      Source rest = source.from(taken + 1);
      Extent shown = positions == null ? null : positions.intersection(grid.visible());
      if (shown != null && !rest.isEmpty()) {
        wanted.add(rest);
        cut |= !shown.equals(positions);
      }
    }
    if (wanted.isEmpty()) {
      return;
    }
    BinScan scan = new BinScan(request.axis(), grid, panel.metric(), wanted, origins, cut);
    reader.read(
        wanted,
        (connection, files) -> {
          scan.run(
              connection,
              files,
              (writer, at, min, max, last, count, finite) ->
                  panel
                      .byWriter()
                      .get(writer)
                      .builder(grid)
                      .add(at, writer, min, max, last, count, finite));
          return panel;
        });
  }

  private Series series(Line line) {
    List<Integer> numbers = List.copyOf(line.writers);
    List<WriterId> writers = numbers.stream().map(selection::writer).toList();
    Bins bins = line.builder == null ? Bins.none() : line.builder.build(numbers);
    return new Series(
        selection.runs().get(line.run).key().run(),
        line.lead,
        line.metric,
        line.extent == null ? null : units(line.extent),
        writers,
        bins);
  }

  private record LineKey(int run, @Nullable WriterId lead) {}

  /** The lines of one metric, by writer and by themselves, and the shards that hold it. */
  private record Panel(
      String metric, List<Line> byWriter, List<Line> lines, List<Source> sources) {}

  /** One line while it is being made. */
  private static final class Line {
    private final String metric;
    private final int run;
    private final @Nullable WriterId lead;
    private final TreeSet<Integer> writers = new TreeSet<>();
    private @Nullable Extent extent;
    private Bins.@Nullable Builder builder;

    Line(String metric, int run, @Nullable WriterId lead) {
      this.metric = metric;
      this.run = run;
      this.lead = lead;
    }

    void add(int writer, @Nullable Extent positions) {
      writers.add(writer);
      extent = Extent.union(extent, positions);
    }

    Bins.Builder builder(Grid grid) {
      Bins.Builder made = builder == null ? grid.builder() : builder;
      builder = made;
      return made;
    }
  }
}
