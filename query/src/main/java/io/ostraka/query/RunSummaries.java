package io.ostraka.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.card.JsonNumber;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * First, last, minimum, maximum, mean and count of each metric of a run.
 *
 * <p>The last card of a run's only writer has them; otherwise, and where points are hidden, they
 * are put together from those of its shards.
 */
final class RunSummaries {
  /** As many names as a card holds. */
  static final int MOST_NAMES = 10_000;

  private final ShardSums sums;

  RunSummaries(ShardReader reader, SmallShards small) {
    this.sums = new ShardSums(reader, small);
  }

  /** The summary of a selection's only run, by name. */
  Page<MetricSummary> of(Selection selection) throws IOException, SelectionChanged {
    Map<String, MetricSummary> all = ofEach(selection).get(0);
    List<MetricSummary> summaries = all.values().stream().limit(MOST_NAMES).toList();
    boolean isCardFull = all.size() >= MOST_NAMES && cardOfOnlyRun(selection).isPresent();
    boolean more = all.size() > MOST_NAMES || isCardFull;
    return new Page<>(summaries, more, selection.problems());
  }

  /** The summaries of each of a selection's runs, by name. */
  List<Map<String, MetricSummary>> ofEach(Selection selection)
      throws IOException, SelectionChanged {
    List<List<Integer>> writers = writersOfRuns(selection);
    List<Map<String, MetricSummary>> summaries = new ArrayList<>(writers.size());
    Set<Integer> onCards = new HashSet<>();
    for (int run = 0; run < writers.size(); run++) {
      Optional<ObjectNode> card = onCard(selection, writers.get(run));
      summaries.add(card.map(RunSummaries::parse).orElse(Map.of()));
      if (card.isPresent()) {
        onCards.add(run);
      }
    }
    List<Source> sources =
        selection.sources().stream()
            .filter(source -> !onCards.contains(selection.runOf(source.writer())))
            .toList();
    List<Map<String, ValueSum>> parts = sums.load(sources);
    List<Map<String, Total>> totals = new ArrayList<>(writers.size());
    writers.forEach(run -> totals.add(new TreeMap<>()));
    for (int i = 0; i < sources.size(); i++) {
      int writer = sources.get(i).writer();
      int rank = selection.writer(writer).rank();
      Map<String, Total> ofRun = totals.get(selection.runOf(writer));
      parts
          .get(i)
          .forEach(
              (name, sum) -> ofRun.computeIfAbsent(name, n -> new Total()).add(writer, rank, sum));
    }
    for (int run = 0; run < writers.size(); run++) {
      if (!onCards.contains(run)) {
        Map<String, MetricSummary> ofRun = new TreeMap<>();
        totals.get(run).forEach((name, total) -> ofRun.put(name, total.summary(name)));
        summaries.set(run, ofRun);
      }
    }
    return summaries;
  }

  /** The summary of a selection's only run if that is on its last card, by name. */
  static Optional<Map<String, MetricSummary>> onCard(Selection selection) {
    return cardOfOnlyRun(selection).map(RunSummaries::parse);
  }

  private static Optional<ObjectNode> cardOfOnlyRun(Selection selection) {
    return onCard(selection, writersOfRuns(selection).get(0));
  }

  private static List<List<Integer>> writersOfRuns(Selection selection) {
    List<List<Integer>> writers = new ArrayList<>();
    selection.runs().forEach(run -> writers.add(new ArrayList<>()));
    for (int writer = 0; writer < selection.writerCount(); writer++) {
      writers.get(selection.runOf(writer)).add(writer);
    }
    return writers;
  }

  /** The summary on the last card of a run's only writer; nothing if that is not all there is. */
  private static Optional<ObjectNode> onCard(Selection selection, List<Integer> writers) {
    boolean isOnly =
        writers.size() == 1 && selection.belowStep(writers.get(0)) == Source.EVERY_STEP;
    return isOnly ? selection.card(writers.get(0)).metrics() : Optional.empty();
  }

  private static Map<String, MetricSummary> parse(ObjectNode metrics) {
    Map<String, MetricSummary> summaries = new TreeMap<>();
    for (Map.Entry<String, JsonNode> metric : metrics.properties()) {
      JsonNode json = metric.getValue();
      summaries.put(
          metric.getKey(),
          new MetricSummary(
              metric.getKey(),
              json.hasNonNull("first") ? JsonNumber.parse(json.path("first")) : null,
              JsonNumber.parse(json.path("last")),
              JsonNumber.parse(json.path("min")),
              JsonNumber.parse(json.path("max")),
              JsonNumber.parse(json.path("mean")),
              json.path("count").asLong(0)));
    }
    return summaries;
  }

  /** One metric of a run while its shards are added up, writer by writer in their order. */
  private static final class Total {
    private int lastWriter = Integer.MAX_VALUE;
    private long lastRow = -1;
    private double last;
    private int rank = -1;
    private int firstWriter = -1;
    private long firstRow = Long.MAX_VALUE;
    private double first;
    private double min = Double.NaN;
    private double max = Double.NaN;
    private double sum;
    private long finite;
    private long count;

    void add(int writer, int rankOfWriter, ValueSum part) {
      if (writer < lastWriter || (writer == lastWriter && part.lastRow() > lastRow)) {
        lastWriter = writer;
        lastRow = part.lastRow();
        last = part.last();
      }
      addFirst(writer, rankOfWriter, part);
      if (part.finite() > 0) {
        min = finite == 0 ? part.min() : Math.min(min, part.min());
        max = finite == 0 ? part.max() : Math.max(max, part.max());
        sum += part.sum();
        finite += part.finite();
      }
      count += part.count();
    }

    /* The first writer has the last word, and the last one of its rank is the oldest. */
    private void addFirst(int writer, int rankOfWriter, ValueSum part) {
      if (rank < 0) {
        rank = rankOfWriter;
      }
      boolean isOlder = writer > firstWriter || part.firstRow() < firstRow;
      if (rankOfWriter == rank && isOlder) {
        firstWriter = writer;
        firstRow = part.firstRow();
        first = part.first();
      }
    }

    MetricSummary summary(String name) {
      double mean = finite == 0 ? Double.NaN : sum / finite;
      return new MetricSummary(name, first, last, min, max, mean, count);
    }
  }
}
