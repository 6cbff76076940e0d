package io.ostraka.doctor;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.shard.ShardFooter;
import io.ostraka.shard.ShardReader;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Does what an examination said can be done without losing anything. Each step looks again at what
 * it relies on, so that steps may be stopped anywhere and done again; done twice, the second time
 * changes nothing.
 */
public final class Repair {
  private static final String ASIDE = "_doctor/";

  private final ShardStore store;
  private final Path scratch;

  /**
   * A repair of a root; does not close the store.
   *
   * @param scratch a folder of its own for shards that are being made; what is in it is removed
   */
  public Repair(ShardStore store, Path scratch) {
    this.store = store;
    this.scratch = scratch;
  }

  /**
   * A step that was made, or was not.
   *
   * @param key what it was about
   * @param done one line: what was done, or why not
   * @param failed whether it could not be done
   */
  public record Step(String key, String done, boolean failed) {}

  /** Hears of each step once it was made. */
  public interface Listener {
    /** A step was made, or failed. */
    void step(Step step);
  }

  /** Makes all steps that findings ask for, each once; one that fails does not stop the others. */
  public List<Step> apply(Examination examination, Listener listener) {
    List<Step> steps = new ArrayList<>();
    LinkedHashSet<Remedy> remedies = new LinkedHashSet<>();
    examination.findings().forEach(finding -> finding.remedy().ifPresent(remedies::add));
    for (Remedy remedy : remedies) {
      Step step = apply(remedy);
      steps.add(step);
      listener.step(step);
    }
    return steps;
  }

  private Step apply(Remedy remedy) {
    String key = keyOf(remedy);
    try {
      return new Step(key, make(remedy), false);
    } catch (IOException e) {
      return new Step(key, String.valueOf(e.getMessage()), true);
    }
  }

  private static String keyOf(Remedy remedy) {
    if (remedy instanceof Remedy.Mend mend) {
      return mend.writer().shardKey(mend.stream().folder(), mend.target());
    }
    if (remedy instanceof Remedy.Retire retire) {
      return retire.writer().streamPrefix(retire.stream().folder());
    }
    if (remedy instanceof Remedy.MoveAside aside) {
      return aside.key();
    }
    if (remedy instanceof Remedy.RemoveRollup rollup) {
      return rollup.key();
    }
    return ((Remedy.RemoveUnfinished) remedy).prefix();
  }

  private String make(Remedy remedy) throws IOException {
    if (remedy instanceof Remedy.Mend mend) {
      return mend(mend);
    }
    if (remedy instanceof Remedy.Retire retire) {
      return retire(retire);
    }
    if (remedy instanceof Remedy.MoveAside aside) {
      return moveAside(aside.key());
    }
    if (remedy instanceof Remedy.RemoveRollup rollup) {
      store.delete(rollup.key());
      return "removed; 'ostraka rollups' makes it anew";
    }
    Remedy.RemoveUnfinished unfinished = (Remedy.RemoveUnfinished) remedy;
    int removed = store.removeUnfinished(unfinished.prefix(), unfinished.before());
    return "removed %d unfinished files".formatted(removed);
  }

  private String mend(Remedy.Mend mend) throws IOException {
    String key = mend.writer().shardKey(mend.stream().folder(), mend.target());
    Path own = Files.createDirectories(scratch.resolve("mend"));
    try {
      Mending mending = new Mending(store, own, mend.writer(), mend.stream());
      store.publish(key, mending.make(mend.shards(), mend.target()));
    } catch (FileAlreadyExistsException e) {
      readBack(mend.writer(), mend.stream(), mend.target()); // Published by somebody else: as good.
    } finally {
      empty(own);
    }
    readBack(mend.writer(), mend.stream(), mend.target());
    return "published a shard that covers %d shards which share rows"
        .formatted(mend.shards().size());
  }

  private String retire(Remedy.Retire retire) throws IOException {
    for (ShardName covering : retire.covering()) {
      readBack(retire.writer(), retire.stream(), covering);
    }
    for (ShardName covered : retire.covered()) {
      store.delete(retire.writer().shardKey(retire.stream().folder(), covered));
      store.delete(retire.writer().rollupKey(retire.stream().folder(), covered));
    }
    return "removed %d covered shards".formatted(retire.covered().size());
  }

  /** Reads a shard's footer and row numbers back from the store. */
  private void readBack(WriterKey writer, Stream stream, ShardName name) throws IOException {
    String key = writer.shardKey(stream.folder(), name);
    try (LocalCopy copy = store.open(key);
        ShardReader reader = ShardReader.open(copy.path(), key)) {
      ShardFooter footer = reader.footer();
      footer.check(writer, stream, name);
      reader.checkRows(name);
    }
  }

  private String moveAside(String key) throws IOException {
    String to = ASIDE + key;
    try (LocalCopy copy = store.open(key)) {
      publishAside(to, copy);
    } catch (NoSuchFileException e) {
      return "is gone already";
    }
    store.delete(key);
    return "moved to " + to;
  }

  private void publishAside(String to, LocalCopy copy) throws IOException {
    try {
      store.publish(to, copy.path());
    } catch (FileAlreadyExistsException e) {
      try (LocalCopy there = store.open(to)) {
        if (Files.mismatch(there.path(), copy.path()) >= 0) {
          throw new IOException(
              "Cannot move it aside: %s/%s is taken by something else; move that away first"
                  .formatted(store.root(), to));
        }
      }
    }
  }

  private static void empty(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
