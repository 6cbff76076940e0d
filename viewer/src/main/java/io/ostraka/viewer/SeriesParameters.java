package io.ostraka.viewer;

import io.ostraka.query.Axis;
import io.ostraka.query.Clip;
import io.ostraka.query.Grouping;
import io.ostraka.query.Progress;
import io.ostraka.query.Ranks;
import io.ostraka.query.Reduction;
import io.ostraka.query.RunField;
import io.ostraka.query.SeriesOptions;
import io.ostraka.query.SeriesRequest;
import io.ostraka.query.Statistic;
import io.ostraka.query.smooth.Smoothing;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parameters of a chart: what {@code docs/http.md} §2 says of them. */
final class SeriesParameters {
  private static final Set<String> KNOWN =
      Set.of(
          "project", "run", "metric", "stream", "x", "bins", "from", "to", "ranks", "group", "stat",
          "reduce", "repeats", "exact", "smooth", "clip", "width", "above", "format");

  private enum Repeats {
    ALL,
    LAST
  }

  /** How the answer is written. */
  enum Format {
    BINS,
    ARROW
  }

  private enum Choice {
    NO,
    YES
  }

  private SeriesParameters() {}

  static Parameters read(@Nullable String sent) throws Refusal {
    return Parameters.parse(sent, KNOWN);
  }

  static Format format(Parameters parameters) throws Refusal {
    return parameters.choice("format", Format.BINS);
  }

  static SeriesRequest request(Parameters parameters) throws Refusal {
    return new SeriesRequest(
        parameters.text("project"),
        parameters.texts("run"),
        parameters.texts("metric"),
        parameters.stream(),
        axis(parameters),
        parameters.range(),
        parameters.number("bins", 1000),
        parameters.choice("ranks", Ranks.MERGE),
        options(parameters),
        held(parameters));
  }

  private static Axis axis(Parameters parameters) throws Refusal {
    String found = parameters.textOrNull("x");
    if (found == null || parameters.xMetric() != null) {
      return Axis.STEP;
    }
    return Axis.parse(found)
        .orElseThrow(
            () ->
                Refusal.badRequest(
                    "x = \"" + found + "\" is not step, time, relative or metric:<name>"));
  }

  private static SeriesOptions options(Parameters parameters) throws Refusal {
    String smooth = parameters.textOrNull("smooth");
    String clip = parameters.textOrNull("clip");
    return new SeriesOptions(
        parameters.xMetric(),
        grouping(parameters),
        parameters.choice("reduce", Reduction.BINS),
        parameters.choice("exact", Choice.NO) == Choice.YES,
        parameters.choice("repeats", Repeats.ALL) == Repeats.LAST,
        smooth == null ? null : Smoothing.parse(smooth),
        clip == null ? null : Clip.parse(clip));
  }

  private static @Nullable Grouping grouping(Parameters parameters) throws Refusal {
    String field = parameters.textOrNull("group");
    Statistic statistic = parameters.choice("stat", Statistic.MEAN);
    if (field == null && parameters.textOrNull("stat") != null) {
      throw Refusal.badRequest("stat is of groups; give group, or no stat");
    }
    return field == null ? null : new Grouping(new RunField(field), statistic);
  }

  private static SeriesRequest.@Nullable Held held(Parameters parameters) throws Refusal {
    Long width = parameters.numberOrNull("width");
    String above = parameters.textOrNull("above");
    if (width == null && above == null) {
      return null;
    }
    if (width == null || above == null) {
      throw Refusal.badRequest("width and above belong together; give both or none");
    }
    return new SeriesRequest.Held(width, Progress.parse(above));
  }
}
