package io.ostraka.drain;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.card.MetricSummary;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.ShardFooter;
import io.ostraka.shard.ShardReader;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a writer's last card says of its points, so that a table of runs reads none: last, minimum,
 * maximum, mean and count of each metric, and the greatest step of all streams whose rows have one.
 * Minimum, maximum and mean are over finite values. Not safe for threads.
 */
final class MetricSummaries {
  private static final int NAME_LIMIT = 10_000;

  private final Map<String, MetricSummary> byName = new HashMap<>();

  /** The same summaries by the numbers of the drainer's name table. */
  private @Nullable MetricSummary[] byNumber = new MetricSummary[0];

  private OptionalLong lastStep = OptionalLong.empty();

  /** Takes in rows that were published. */
  void add(RowBuffer rows, long first) {
    if (rows.stream().stepRequired()) {
      sawStep(rows.greatestStep());
    }
    if (rows.stream() == Stream.METRICS) {
      addMetrics(rows, first);
    }
  }

  private void addMetrics(RowBuffer rows, long first) {
    if (byNumber.length < rows.nameCount()) {
      byNumber = Arrays.copyOf(byNumber, Math.max(rows.nameCount(), 2 * byNumber.length));
    }
    for (int i = 0; i < rows.size(); i++) {
      int number = rows.nameNumber(i);
      MetricSummary summary = byNumber[number];
      if (summary == null) {
        summary = summary(rows.name(number));
        byNumber[number] = summary;
      }
      summary.add(first + i, rows.value(i));
    }
  }

  /**
   * Takes in everything that a writer has published, for a drainer that did not see all of it. A
   * shard that cannot be read is left out, as every reader does.
   *
   * @throws IOException if the store cannot be read, or shards vanish faster than they are listed
   */
  static MetricSummaries read(ShardStore store, WriterKey writer) throws IOException {
    try {
      return readListed(store, writer);
    } catch (NoSuchFileException e) {
      // Merged and removed since it was listed: the listing of now has what covers it.
      return readListed(store, writer);
    }
  }

  private static MetricSummaries readListed(ShardStore store, WriterKey writer) throws IOException {
    MetricSummaries all = new MetricSummaries();
    for (Stream stream : Stream.values()) {
      if (stream.stepRequired()) {
        all.readShards(store, writer.streamPrefix(stream.folder()), stream == Stream.METRICS);
      }
    }
    return all;
  }

  private void readShards(ShardStore store, String prefix, boolean metrics) throws IOException {
    TreeSet<ShardName> names = new TreeSet<>();
    for (StoredObject object : store.list(prefix).objects()) {
      ShardName.parse(object.key().substring(prefix.length())).ifPresent(names::add);
    }
    long reached = -1;
    for (ShardName name : names) {
      if (name.last() > reached && readShard(store, prefix + name.format(), metrics, reached)) {
        reached = name.last();
      }
    }
  }

  /**
   * Reads one shard's rows after those that were read already; false if it is damaged, and then
   * nothing of it was taken in.
   */
  private boolean readShard(ShardStore store, String key, boolean metrics, long reached)
      throws IOException {
    MetricSummaries read = new MetricSummaries();
    try (LocalCopy copy = store.open(key)) {
      ShardFooter.readSteps(copy.path(), key).ifPresent(steps -> read.sawStep(steps.greatest()));
      if (metrics) {
        read.readRows(copy, key, reached);
      }
    } catch (ShardFormatException e) {
      return false;
    }
    read.lastStep.ifPresent(this::sawStep);
    read.byName.forEach((metric, summary) -> summary(metric).add(summary));
    return true;
  }

  private void readRows(LocalCopy copy, String key, long reached) throws IOException {
    try (ShardReader rows = ShardReader.open(copy.path(), key)) {
      while (rows.next()) {
        if (rows.row() > reached) {
          summary(rows.name()).add(rows.row(), rows.real(1));
        }
      }
    }
  }

  /** The greatest step, if there is any. */
  OptionalLong lastStep() {
    return lastStep;
  }

  private void sawStep(long step) {
    if (lastStep.isEmpty() || step > lastStep.getAsLong()) {
      lastStep = OptionalLong.of(step);
    }
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

  private MetricSummary summary(String name) {
    return byName.computeIfAbsent(name, unused -> new MetricSummary());
  }
}
