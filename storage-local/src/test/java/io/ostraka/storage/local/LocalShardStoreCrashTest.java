package io.ostraka.storage.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.store.Listing;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops after each file operation in turn, as a killed process or a power loss does. */
final class LocalShardStoreCrashTest {
  private static final String WRITER = "project=p/run=r/writer=w/";
  private static final String SHARD = WRITER + "metrics/000000000000-000000000009.parquet";
  private static final String CARD = WRITER + "writer.json";
  private static final String CONTENT = "whole shard ".repeat(1000);

  private Path folder;
  private Path sealed;

  @BeforeEach
  void sealAShard(@TempDir Path temporary) throws IOException {
    folder = temporary;
    sealed = Files.writeString(temporary.resolve("sealed.parquet"), CONTENT);
  }

  @Test
  void aProcessThatDiesWhilePublishingLeavesNoShardOrTheWholeShard() throws IOException {
    int operations = operationsOf(DyingOperations.Links.WORK);
    assertThat(operations).isGreaterThan(8);
    for (int survived = 0; survived < operations; survived++) {
      Path root = folder.resolve("root" + survived);
      DyingOperations dying = DyingOperations.after(survived, DyingOperations.Links.WORK);
      assertThat(diedPublishing(root, dying)).isTrue();
      assertNoneOrWhole(root);
      assertThatItCanBeTriedAgain(root);
    }
  }

  @Test
  void theSameHoldsWhereLinksAreRefused() throws IOException {
    int operations = operationsOf(DyingOperations.Links.REFUSED);
    for (int survived = 0; survived < operations; survived++) {
      Path root = folder.resolve("root" + survived);
      DyingOperations dying = DyingOperations.after(survived, DyingOperations.Links.REFUSED);
      assertThat(diedPublishing(root, dying)).isTrue();
      assertNoneOrWhole(root);
      assertThatItCanBeTriedAgain(root);
    }
  }

  @Test
  void aProcessThatDiesWhileReplacingLeavesTheOldCardOrTheNewOne() throws IOException {
    for (int survived = 0; survived < 6; survived++) {
      Path root = folder.resolve("root" + survived);
      try (LocalShardStore store = LocalShardStore.open(root)) {
        store.create(CARD, "old".getBytes(UTF_8));
      }
      DyingOperations dying = DyingOperations.after(survived, DyingOperations.Links.WORK);
      try (LocalShardStore store = store(root, dying)) {
        store.replace(CARD, "newer".getBytes(UTF_8));
      } catch (DyingOperations.Died e) {
        assertThat(survived).isLessThan(8);
      }
      try (LocalShardStore store = LocalShardStore.open(root)) {
        assertThat(new String(store.read(CARD), UTF_8)).isIn("old", "newer");
        assertThat(store.list("").objects()).hasSize(1);
      }
    }
  }

  @Test
  void afterAPowerLossWhatWasPublishedIsThere() throws IOException {
    int operations = operationsOf(DyingOperations.Links.WORK);
    for (int survived = 0; survived <= operations; survived++) {
      Path root = folder.resolve("root" + survived);
      // Whoever was here before died between the link and the sync of the folder.
      DurabilityModel disk = new DurabilityModel();
      DyingOperations dying =
          DyingOperations.after(survived, DyingOperations.Links.WORK).recordedBy(disk);
      boolean died = diedPublishing(root, dying);
      if (!died) {
        disk.assertDurable(root.resolve(SHARD));
      }
      // The next process takes the name for published only when the disk has it.
      RecordingOperations next = new RecordingOperations(disk);
      try (LocalShardStore store = store(root, next)) {
        store.publish(SHARD, sealed);
      } catch (FileAlreadyExistsException e) {
        assertThat(e.getFile()).endsWith(SHARD);
      }
      disk.assertDurable(root.resolve(SHARD));
    }
  }

  @Test
  void aPreparedFolderIsOnTheDiskWhoeverMadeItFirst() throws IOException {
    Path root = folder.resolve("root");
    Files.createDirectories(root.resolve(WRITER));
    DurabilityModel disk = new DurabilityModel();
    try (LocalShardStore store = store(root, new RecordingOperations(disk))) {
      store.prepare(WRITER);
    }
    disk.assertFolderDurable(root, root.resolve(WRITER));
  }

  @Test
  void theOwnerRemovesWhatADeadProcessLeftUnfinished() throws IOException {
    Path root = folder.resolve("root");
    int operations = operationsOf(DyingOperations.Links.WORK);
    for (int survived = 0; survived < operations; survived++) {
      diedPublishing(root, DyingOperations.after(survived, DyingOperations.Links.WORK));
    }
    Path notOurs = Files.writeString(root.resolve(WRITER + ".keep"), "");
    assertThat(hiddenFiles(root)).hasSizeGreaterThan(1);
    try (LocalShardStore store = LocalShardStore.open(root)) {
      List<StoredObject> before = store.list("").objects();
      store.removeUnfinished(WRITER);
      assertThat(store.list("").objects()).isEqualTo(before);
    }
    assertThat(hiddenFiles(root)).containsExactly(notOurs);
  }

  private int operationsOf(DyingOperations.Links links) throws IOException {
    DyingOperations counting = DyingOperations.after(Integer.MAX_VALUE, links);
    assertThat(diedPublishing(folder.resolve("counted-" + links), counting)).isFalse();
    return counting.count();
  }

  private boolean diedPublishing(Path root, FileOperations operations) throws IOException {
    try (LocalShardStore store = store(root, operations)) {
      store.publish(SHARD, sealed);
      return false;
    } catch (DyingOperations.Died e) {
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static void assertNoneOrWhole(Path root) throws IOException {
    try (LocalShardStore store = LocalShardStore.open(root)) {
      Listing listing = store.list("");
      if (!listing.objects().isEmpty()) {
        assertThat(listing.objects()).extracting(StoredObject::key).containsExactly(SHARD);
        assertThat(store.read(SHARD)).asString(UTF_8).isEqualTo(CONTENT);
      }
    }
  }

  private void assertThatItCanBeTriedAgain(Path root) throws IOException {
    try (LocalShardStore store = LocalShardStore.open(root)) {
      store.publish(SHARD, sealed);
    } catch (FileAlreadyExistsException e) {
      assertThat(e.getFile()).endsWith(SHARD);
    }
    assertNoneOrWhole(root);
    assertThat(root.resolve(SHARD)).exists();
  }

  private static List<Path> hiddenFiles(Path root) throws IOException {
    try (var all = Files.walk(root)) {
      return all.filter(path -> path.getFileName().toString().startsWith(".")).toList();
    }
  }

  private static LocalShardStore store(Path root, FileOperations operations) {
    return new LocalShardStore(root, operations, Clock.systemUTC());
  }
}
