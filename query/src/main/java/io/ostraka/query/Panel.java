package io.ostraka.query;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one metric, and what the shards hold of it.
 *
 * @param metric its name
 * @param byWriter the line of each writer, by the writer's number
 * @param lines those that have points
 * @param shards those that hold the metric
 */
record Panel(String metric, List<Line> byWriter, List<Line> lines, List<Held> shards) {
  /**
   * What a shard holds of the metric.
   *
   * @param count how many points
   * @param positions from where to where; null if no point has a place on the axis
   */
  record Held(Source source, long count, @Nullable Extent positions) {
    int writer() {
      return source.writer();
    }
  }

  static Panel of(
      String metric,
      Layout layout,
      Selection selection,
      ShardSummaries.Loaded summaries,
      Places places) {
    Map<LineKey, Line> lines = new LinkedHashMap<>();
    List<Line> byWriter = new ArrayList<>();
    layout.keys().forEach(key -> byWriter.add(lines.computeIfAbsent(key, Line::new)));
    List<Held> shards = new ArrayList<>();
    for (Source source : selection.sources()) {
      ShardSummary.Entry entry = summaries.of(source).find(metric);
      if (entry != null) {
        int writer = source.writer();
        Extent positions = places.of(entry, writer);
        shards.add(new Held(source, entry.count(), positions));
        byWriter.get(writer).add(selection.runOf(writer), writer, positions);
      }
    }
    List<Line> found = lines.values().stream().filter(line -> !line.writers().isEmpty()).toList();
    return new Panel(metric, byWriter, found, shards);
  }

  Line line(Held shard) {
    return byWriter.get(shard.writer());
  }
}
