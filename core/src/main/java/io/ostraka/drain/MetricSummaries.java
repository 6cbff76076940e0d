package io.ostraka.drain;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.SeriesReader;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Last, minimum, maximum, mean and count of each metric of a writer, for its last card, so that a
 * table of runs reads no points. Minimum, maximum and mean are over finite values. Not safe for
 * threads.
 */
final class MetricSummaries {
  private static final int NAME_LIMIT = 10_000;

  private final Map<String, Summary> byName = new HashMap<>();

  /** The same summaries by the numbers of the drainer's name table. */
  private @Nullable Summary[] byNumber = new Summary[0];

  private static final class Summary {
    private long count;
    private long finite;
    private long lastRow = -1;
    private double last;
    private double minimum = Double.POSITIVE_INFINITY;
    private double maximum = Double.NEGATIVE_INFINITY;
    private double sum;

    void add(long row, double value) {
      count++;
      if (row > lastRow) {
        lastRow = row;
        last = value;
      }
      if (Double.isFinite(value)) {
        finite++;
        sum += value;
        minimum = Math.min(minimum, value);
        maximum = Math.max(maximum, value);
      }
    }

    ObjectNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("last", last);
      if (finite > 0) {
        json.put("min", minimum).put("max", maximum).put("mean", sum / finite);
      }
      return json.put("count", count);
    }
  }

  /** Takes in rows that were published. */
  void add(RowBuffer rows, long first) {
    if (byNumber.length < rows.nameCount()) {
      byNumber = Arrays.copyOf(byNumber, Math.max(rows.nameCount(), 2 * byNumber.length));
    }
    for (int i = 0; i < rows.size(); i++) {
      int number = rows.nameNumber(i);
      Summary summary = byNumber[number];
      if (summary == null) {
        summary = summary(rows.name(number));
        byNumber[number] = summary;
      }
      summary.add(first + i, rows.value(i));
    }
  }

  /** Takes in everything that a writer has published, for a drainer that did not see all of it. */
  static MetricSummaries read(ShardStore store, WriterKey writer) throws IOException {
    MetricSummaries summaries = new MetricSummaries();
    String prefix = writer.streamPrefix(Stream.METRICS.folder());
    TreeSet<ShardName> names = new TreeSet<>();
    for (StoredObject object : store.list(prefix).objects()) {
      Optional<ShardName> name = ShardName.parse(object.key().substring(prefix.length()));
      name.ifPresent(names::add);
    }
    long reached = -1;
    for (ShardName name : names) {
      long taken = reached;
      if (name.last() > reached) {
        try (LocalCopy copy = store.open(prefix + name.format())) {
          SeriesReader.read(
              copy.path(),
              (row, metric, value) -> {
                if (row > taken) {
                  summaries.summary(metric).add(row, value);
                }
              });
        }
        reached = name.last();
      }
    }
    return summaries;
  }

  /** By name, ordered; at most 10,000 of them. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    new TreeMap<>(byName)
        .entrySet().stream()
            .limit(NAME_LIMIT)
            .forEach(entry -> json.set(entry.getKey(), entry.getValue().json()));
    return json;
  }

  private Summary summary(String name) {
    return byName.computeIfAbsent(name, unused -> new Summary());
  }
}
