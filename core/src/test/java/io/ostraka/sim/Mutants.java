package io.ostraka.sim;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Breaks each promise once, on purpose, and says how many histories it took to find it: {@code make
 * mutants}.
 */
final class Mutants {
  private static final long FIRST_SEED = 1;

  private Mutants() {}

  static final List<Mutant> ALL =
      List.of(
          new Mutant(
              "a range is decided anew after a restart",
              "drain/DrainLog.java",
              "    add(new Seal(position(json), rows));",
              ""),
          new Mutant(
              "a decided range that failed is left out",
              "drain/RangePublisher.java",
              "while (decided.isPresent() && !journalCut) {",
              "while (decided.isPresent() && journalCut) {"),
          new Mutant(
              "a later drainer counts again from where the journal begins",
              "drain/RangeReader.java",
              "    begin();\n    leaveOutPublished();",
              "    begin();"),
          new Mutant(
              "rows that are read again after a failure are counted again",
              "drain/RangeReader.java",
              "    reader.reset(start);\n    leaveOutPublished();",
              "    reader.reset(start);"),
          new Mutant(
              "without a record the listing is not asked (a taken-over spool adopts nothing)",
              "drain/ListedRows.java",
              "if (name.first() <= next && name.last() >= next && isShard(stream, name)) {",
              "if (false && isShard(stream, name)) {"),
          new Mutant(
              "without a record a row is left out behind the listed ones",
              "drain/ListedRows.java",
              "next = name.last() + 1;",
              "next = name.last() + 2;"),
          new Mutant(
              "the next range counts as published when a file cannot be removed",
              "drain/StagedShards.java",
              "    shards.clear();\n    for (Staged staged : all) {\n      Files.deleteIfExists(staged.file());\n    }",
              "    for (Staged staged : all) {\n      Files.deleteIfExists(staged.file());\n    }\n    shards.clear();"),
          new Mutant(
              "segments go before it is durable that they are published",
              "drain/DrainLog.java",
              "  void sync() throws IOException {\n    channel.force(true);",
              "  void sync() throws IOException {"),
          new Mutant(
              "the segment that is still read goes too",
              "journal/JournalFiles.java",
              "      if (number < segment) {",
              "      if (number <= segment) {"),
          new Mutant(
              "large values go while they are still needed",
              "drain/RangePublisher.java",
              "reader.lastBodyBefore(segment)",
              "reader.lastBodyBefore(segment) + 1"),
          new Mutant(
              "a cut range whose publishing failed is decided anew",
              "drain/RangePublisher.java",
              "    Map<Stream, ShardName> found = publishShards(root, waiting.partsOf(seal.rows()));",
              "    journalCut = true;\n    Map<Stream, ShardName> found = publishShards(root, waiting.partsOf(seal.rows()));"),
          new Mutant(
              "checksums of the journal are not looked at",
              "journal/JournalReader.java",
              "    if (!window.hasChecksum(at, length)) {",
              "    if (length < 0) {"),
          new Mutant(
              "the last card comes before the last rows",
              "drain/Drainer.java",
              "    if (isDue(last, all && drained)) {\n      publisher.publishWaiting(root);\n    }\n    if (last) {",
              "    if (last && !waiting.isEmpty()) {\n      end(root);\n      ended = false;\n    }\n    if (isDue(last, all && drained)) {\n      publisher.publishWaiting(root);\n    }\n    if (last) {"),
          new Mutant(
              "the last card is replaced",
              "drain/Drainer.java",
              "root.create(writer.endKey(), bytes);",
              "root.replace(writer.endKey(), bytes);"),
          new Mutant(
              "nobody looks whether the root is mounted",
              "drain/WriterFolder.java",
              "    if (!store.isPrepared(writer.prefix())) {",
              "    if (store.isPrepared(writer.prefix() + \"x/\") && writer.prefix().isEmpty()) {"),
          new Mutant(
              "control words that are lost hold up a dead writer's journal",
              "drain/Drainer.java",
              "      if (life.alive()) {\n        throw new ShardFormatException(",
              "      if (!files.control().toString().isEmpty()) {\n        throw new ShardFormatException("),
          new Mutant(
              "a torn line of the record stays",
              "drain/DrainLog.java",
              "    end = whole;\n",
              "    end = text.length();\n"),
          new Mutant(
              "a shard that cannot be read covers what it was merged from",
              "catalog/RunReader.java",
              "          readable.remove(name);\n          any = true;",
              "          any = false;"),
          new Mutant(
              "of two shards that overlap both are read whole",
              "catalog/RunReader.java",
              "long fromRow = Math.max(next, name.first());",
              "long fromRow = next < 0 ? next : name.first();"),
          new Mutant(
              "a covered shard is removed at once",
              "compact/StreamCompaction.java",
              "      if (now - since < settings.retireAfter().toNanos()) {",
              "      if (now - since < 0) {"),
          new Mutant(
              "a shard is removed though nobody read what covers it",
              "compact/StreamCompaction.java",
              "      any |= !checked.contains(name) && !isReadable(name);",
              "      any |= checked.contains(name) && !isReadable(name);"),
          new Mutant(
              "a stream of which no row could be read is a range of none",
              "drain/WaitingRows.java",
              "    rows.values().removeIf(buffer -> buffer.size() == 0);\n",
              ""));

  /** Arguments: the repository, the most histories for each mutant, and perhaps a word of some. */
  public static void main(String[] arguments) throws Exception {
    Path sources = Path.of(arguments[0]).resolve("core/src/main/java/io/ostraka");
    long most = Long.parseLong(arguments[1]);
    String word = arguments.length > 2 ? arguments[2] : "";
    Mutant.searchAll(ALL, sources, word, System.out, classes -> histories(classes, most));
  }

  /** How many histories were lived until one failed, and how it failed; nothing if none did. */
  private static String histories(Path classes, long most) throws Exception {
    List<URL> path = new ArrayList<>();
    path.add(url(classes));
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      path.add(url(Path.of(entry)));
    }
    Path folder = Files.createTempDirectory("histories");
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Method live =
          loader
              .loadClass("io.ostraka.sim.SimulationTest")
              .getDeclaredMethod("inMemory", long.class, Path.class);
      live.setAccessible(true);
      for (long seed = FIRST_SEED; seed < FIRST_SEED + most; seed++) {
        try {
          live.invoke(null, seed, Files.createDirectory(folder.resolve(Long.toString(seed))));
        } catch (InvocationTargetException e) {
          String message = String.valueOf(Objects.requireNonNull(e.getCause()).getMessage());
          return (seed - FIRST_SEED + 1) + " | " + Mutant.firstLines(message);
        }
        Simulation.delete(folder.resolve(Long.toString(seed)));
      }
      return "";
    } finally {
      Simulation.delete(folder);
    }
  }

  private static URL url(Path path) throws MalformedURLException {
    return path.toUri().toURL();
  }
}
