package io.ostraka.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.shard.OddShard;
import io.ostraka.shard.RollupRule;
import io.ostraka.shard.RollupWriter;
import io.ostraka.shard.ShardMerger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The files of one run of a {@link LoggedRoot}, for a test that damages them. */
final class LoggedRun {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final RunKey key;

  LoggedRun(Path root, RunKey key) {
    this.root = root;
    this.key = key;
  }

  /** A change of a card. */
  interface Edit {
    void of(ObjectNode card);
  }

  WriterKey writer(WriterId id) {
    return new WriterKey(key, id);
  }

  Path folder() {
    return root.resolve(key.prefix());
  }

  Path folder(WriterId id) {
    return root.resolve(writer(id).prefix());
  }

  Path stream(WriterId id, Stream stream) {
    return folder(id).resolve(stream.folder());
  }

  /** The ranges of a writer's shards of metrics, in order. */
  List<ShardName> names(WriterId id) throws IOException {
    try (var files = Files.list(stream(id, Stream.METRICS))) {
      return files
          .flatMap(file -> ShardName.parse(file.getFileName().toString()).stream())
          .sorted()
          .toList();
    }
  }

  Path metrics(WriterId id, ShardName name) {
    return stream(id, Stream.METRICS).resolve(name.format());
  }

  /** The n-th shard of a writer's metrics; from the end if negative. */
  Path shard(WriterId id, int number) throws IOException {
    List<ShardName> names = names(id);
    return metrics(id, names.get(number < 0 ? names.size() + number : number));
  }

  /** Makes a shard of neighbouring ones of an alike run. */
  ShardName merge(WriterId id, LoggedRun from, List<ShardName> names) throws IOException {
    List<ShardMerger.Source> sources = new ArrayList<>();
    for (ShardName name : names) {
      sources.add(new ShardMerger.Source(from.metrics(id, name), name));
    }
    ShardName merged = new ShardName(names.get(0).first(), names.get(names.size() - 1).last());
    try (ShardMerger merger = new ShardMerger()) {
      merger.merge(metrics(id, merged), writer(id), Stream.METRICS, sources);
    }
    return merged;
  }

  /** Puts rows of a test's choice under the name of a shard. */
  void odd(WriterId id, ShardName name, List<Long> rows, List<String> metrics) throws IOException {
    byte[] bytes = OddShard.bytes(root, id, name, rows, metrics);
    Files.write(metrics(id, name), bytes);
  }

  Path rollup(WriterId id, ShardName name) {
    return root.resolve(writer(id).rollupKey(Stream.METRICS.folder(), name));
  }

  /** Makes the roll-up of a shard, small as it is. */
  void rollUp(WriterId id, ShardName name) throws IOException {
    Files.createDirectories(rollup(id, name).getParent());
    RollupWriter.write(
        rollup(id, name),
        writer(id),
        Stream.METRICS,
        name,
        metrics(id, name),
        new RollupRule(1, 1, 1000));
  }

  /** Logs one step more by another writer. */
  void logOneMore(WriterId id, long step) throws IOException {
    new LoggedRoot(root, root.resolveSibling("spool-of-one-more")).logOneStep(key, id, step);
  }

  /** Copies the run under another id, which its cards then say. */
  LoggedRun copyTo(Path otherRoot, String id) throws IOException {
    LoggedRun copy = new LoggedRun(otherRoot, new RunKey(key.project(), id));
    Files.createDirectories(copy.folder().getParent());
    copyAll(folder(), copy.folder());
    try (var files = Files.walk(copy.folder())) {
      for (Path file : files.filter(f -> f.toString().endsWith("end.json")).toList()) {
        FileTime time = Files.getLastModifiedTime(file);
        copy.edit(file, card -> card.put("run", id));
        Files.setLastModifiedTime(file, time);
      }
    }
    return copy;
  }

  void edit(Path card, Edit edit) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(card.toFile());
    edit.of(json);
    Files.write(card, JSON.writeValueAsBytes(json));
  }

  static void cut(Path file, int bytesFewer) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - bytesFewer));
  }

  static void flipBit(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 0x10;
    Files.write(file, bytes);
  }

  /** Writes another format into a shard's footer. */
  static void newerFormat(Path shard) throws IOException {
    String bytes = new String(Files.readAllBytes(shard), ISO_8859_1);
    String key = "ostraka.format";
    int value = bytes.indexOf('1', bytes.lastIndexOf(key) + key.length());
    String newer = bytes.substring(0, value) + "7" + bytes.substring(value + 1);
    Files.write(shard, newer.getBytes(ISO_8859_1));
  }

  void text(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, text.getBytes(UTF_8));
  }

  static void age(Path file, Duration age) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }

  static void ageAll(Path folder, Duration age) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        age(file, age);
      }
    }
  }

  static void removeAll(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  static void copyAll(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
