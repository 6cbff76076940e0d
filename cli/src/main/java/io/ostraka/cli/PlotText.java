package io.ostraka.cli;

import io.ostraka.catalog.RunSnapshot;
import io.ostraka.cli.draw.Chart;
import io.ostraka.cli.draw.Curve;
import io.ostraka.cli.draw.Numbers;
import io.ostraka.query.Query;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A metric of a run as a plot as wide as the screen, with a line about what it shows. */
final class PlotText {
  private static final int DOTS_A_CHARACTER = 2;
  private static final int LEAST_ROWS = 9;
  private static final int MOST_ROWS = 21;
  private static final int COLUMNS_A_ROW = 7;

  private final Screen screen;

  PlotText(Screen screen) {
    this.screen = screen;
  }

  String of(Query query, RunSnapshot run, String metric) throws IOException {
    int columns = screen.columns();
    List<String> runs = List.of(run.key().run());
    MetricLines lines =
        MetricLines.of(
            query, run.key().project(), runs, List.of(metric), columns * DOTS_A_CHARACTER);
    // An odd number of rows has one in the middle.
    int rows = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, columns / COLUMNS_A_ROW)) / 2 * 2 + 1;
    List<String> plot =
        Chart.of(
            width -> lines.curve(runs.get(0), metric, width).orElseThrow(),
            lines.first(),
            lines.last(),
            columns,
            rows,
            screen.hasUnicode());
    StringBuilder text = new StringBuilder();
    String name = run.card().name().orElse(run.key().run());
    text.append(screen.bold(Screen.plain(metric))).append("  ").append(Screen.plain(name));
    text.append('\n');
    plot.forEach(line -> text.append(line).append('\n'));
    about(lines.curve(runs.get(0), metric, columns)).ifPresent(text::append);
    return text.toString();
  }

  private Optional<String> about(Optional<Curve> curve) {
    long nonFinite = curve.map(Curve::nonFinite).orElse(0L);
    String mark = screen.hasUnicode() ? "×" : "x";
    return nonFinite == 0
        ? Optional.empty()
        : Optional.of(mark + " NaN or infinite: " + Numbers.count(nonFinite) + " points\n");
  }
}
