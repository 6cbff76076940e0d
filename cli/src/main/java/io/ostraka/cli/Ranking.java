package io.ostraka.cli;

import io.ostraka.catalog.Problem;
import io.ostraka.query.MetricSummary;
import io.ostraka.query.RunTable;
import io.ostraka.query.filter.Fact;
import io.ostraka.query.filter.Filter;
import io.ostraka.query.filter.NearNames;
import io.ostraka.query.filter.Value;
import io.ostraka.query.runs.RunRow;
import io.ostraka.query.runs.TableAnswer;
import io.ostraka.query.runs.TableRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs that have a metric, the best first; those whose value is not a number come last.
 *
 * @param metric the metric
 * @param order what is best
 * @param places the runs
 * @param candidates how many runs the filter let through, with the metric or without it
 * @param known the metrics that these runs have
 * @param notes what a person should know, a line each
 */
record Ranking(
    String metric,
    Order order,
    List<Place> places,
    int candidates,
    Set<String> known,
    List<String> notes) {
  /** What one wants much of, as a part of a metric's name between other characters than letters. */
  private static final Set<String> GREATER_IS_BETTER =
      Set.of(
          "acc",
          "accuracy",
          "ap",
          "auc",
          "auroc",
          "bleu",
          "dice",
          "f1",
          "fps",
          "iou",
          "map",
          "miou",
          "mrr",
          "ndcg",
          "precision",
          "psnr",
          "r2",
          "recall",
          "return",
          "returns",
          "reward",
          "rewards",
          "rouge",
          "score",
          "ssim",
          "success",
          "throughput",
          "top1",
          "top5");

  /** What nobody wants much of, whatever else a name has. */
  private static final Set<String> LESS_IS_BETTER =
      Set.of("cost", "err", "error", "errors", "loss");

  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");

  Ranking {
    places = List.copyOf(places);
    notes = List.copyOf(notes);
  }

  /**
   * A run with the value that counts.
   *
   * @param summary the metric's numbers
   */
  record Place(String project, RunRow row, MetricSummary summary, double value) {
    /** What people call the run. */
    String name() {
      return row.fact(Fact.NAME) instanceof Value.Text name ? name.value() : row.run();
    }

    String state() {
      return row.fact(Fact.STATE) instanceof Value.Text state ? state.value() : "";
    }
  }

  /**
   * What is best.
   *
   * @param by which number of the metric counts
   */
  record Order(String by, boolean isGreatestFirst) {
    private static final List<String> NUMBERS = List.of("last", "min", "max", "mean");

    /**
     * An order.
     *
     * @param by null for the greatest value of a run where the greatest is best, else the least
     * @throws IllegalArgumentException if there is no such number
     */
    static Order of(@Nullable String by, boolean isGreatestFirst) {
      if (by != null && !NUMBERS.contains(by)) {
        throw new IllegalArgumentException(
            "--by " + by + " is no number of a metric; give one of " + String.join(", ", NUMBERS));
      }
      return new Order(by == null ? (isGreatestFirst ? "max" : "min") : by, isGreatestFirst);
    }

    double value(MetricSummary metric) {
      return switch (by) {
        case "last" -> metric.last();
        case "min" -> metric.min();
        case "max" -> metric.max();
        default -> metric.mean();
      };
    }

    Comparator<Place> comparator() {
      Comparator<Place> order = Comparator.comparingDouble(Place::value);
      return Comparator.comparing((Place place) -> Double.isNaN(place.value()))
          .thenComparing(isGreatestFirst ? order.reversed() : order)
          .thenComparing(Place::project)
          .thenComparing(place -> place.row().run());
    }
  }

  /** Whether a metric's name says that one wants much of it. */
  static boolean isGreaterBetter(String metric) {
    List<String> words = Arrays.asList(BETWEEN_WORDS.split(metric.toLowerCase(Locale.ROOT), -1));
    return words.stream().anyMatch(GREATER_IS_BETTER::contains)
        && words.stream().noneMatch(LESS_IS_BETTER::contains);
  }

  /** Ranks the runs of some projects. */
  static Ranking of(
      RunTable table, List<String> projects, String metric, Order order, Filter filter)
      throws IOException {
    List<Place> places = new ArrayList<>();
    Set<String> known = new TreeSet<>();
    Set<String> notes = new LinkedHashSet<>();
    int candidates = 0;
    for (String project : projects) {
      TableAnswer answer =
          table.page(new TableRequest(project, filter, List.of(), 0, TableRequest.MOST));
      candidates += answer.matched();
      notes.addAll(answer.notes());
      answer.problems().stream().map(Problem::message).forEach(notes::add);
      for (RunRow row : answer.rows()) {
        known.addAll(row.metrics().keySet());
        MetricSummary summary = row.metrics().get(metric);
        if (summary != null) {
          places.add(new Place(project, row, summary, order.value(summary)));
        }
      }
      if (answer.matched() > answer.rows().size()) {
        notes.add(
            "Only the latest %,d runs of project %s were looked at"
                .formatted(answer.rows().size(), project));
      }
    }
    places.sort(order.comparator());
    return new Ranking(metric, order, places, candidates, known, List.copyOf(notes));
  }

  /** The first runs of it. */
  Ranking first(int count) {
    List<Place> first = places.subList(0, Math.min(count, places.size()));
    return new Ranking(metric, order, first, candidates, known, notes);
  }

  /** Why there are no runs in it. */
  String whyEmpty(@Nullable String filter) {
    if (candidates == 0) {
      return filter == null ? "there are no runs" : "no run matches the filter " + filter;
    }
    String near =
        NearNames.of(List.of(metric), known).stream()
            .map(name -> '"' + name + '"')
            .collect(Collectors.joining(", "));
    return "no run has a metric \"%s\"; %s"
        .formatted(metric, near.isEmpty() ? "there are none yet" : "the nearest are " + near);
  }
}
