package io.ostraka.storage.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.ostraka.ManualClock;
import io.ostraka.store.Listing;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import io.ostraka.store.ShardStoreContract;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalShardStoreTest extends ShardStoreContract {
  private static final String KEY = "project=p/run=r/meta.json";

  private Path root;

  @Override
  protected ShardStore newStore(Path emptyFolder) throws IOException {
    return LocalShardStore.open(emptyFolder);
  }

  @BeforeEach
  void nameARoot(@TempDir Path temporary) {
    root = temporary.resolve("root");
  }

  @Test
  void tellsWhenFoldersChangedOnceThatIsLongAgo() throws IOException {
    ManualClock clock = new ManualClock(Instant.now());
    LocalShardStore store = new LocalShardStore(root, new FileOperations(), clock);
    List<String> folders = List.of("project=p/run=r/", "project=p/run=gone/");
    store.create(KEY, new byte[1]);
    assertThat(store.settledFolders(folders)).isEmpty();
    Instant old = Instant.parse("2026-01-02T03:04:05.678Z");
    Path run = root.resolve("project=p/run=r");
    Files.setLastModifiedTime(run, FileTime.from(old));
    assertThat(store.settledFolders(folders)).containsOnly(Map.entry("project=p/run=r/", old));
    store.replace(KEY, new byte[2]);
    assertThat(store.settledFolders(folders)).isEmpty();
    Files.setLastModifiedTime(run, FileTime.from(old.plusNanos(1000)));
    assertThat(store.settledFolders(folders)).doesNotContainValue(old).hasSize(1);
    Files.createSymbolicLink(root.resolve("project=p/run=link"), run);
    assertThat(store.settledFolders(List.of("project=p/run=link/"))).isEmpty();
  }

  /** The contract once more where hard links are refused. */
  @Nested
  final class WithoutLinks extends ShardStoreContract {
    @Override
    protected ShardStore newStore(Path emptyFolder) {
      return store(
          emptyFolder,
          new FileOperations() {
            @Override
            void link(Path existing, Path name) {
              throw new UnsupportedOperationException("no links here");
            }
          });
    }
  }

  @Test
  void withoutLinksAndLocksItStillDoesNotReplaceWhatIsThere() throws IOException {
    ShardStore store =
        store(
            root,
            new FileOperations() {
              @Override
              void link(Path existing, Path name) throws IOException {
                throw new FileSystemException(name.toString(), null, "Function not implemented");
              }

              @Override
              LockedFile lock(Path file) throws IOException {
                throw new IOException("No locks available");
              }
            });
    store.create(KEY, bytes("first"));
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> store.create(KEY, bytes("second")));
    assertThat(store.read(KEY)).asString(UTF_8).isEqualTo("first");
  }

  @Test
  void openingMakesNothing() throws IOException {
    try (LocalShardStore store = LocalShardStore.open(root)) {
      assertThat(store.list("").objects()).isEmpty();
      assertThat(store.listNames("")).isEmpty();
      assertThat(store.isPrepared("project=p/run=r/writer=w/")).isFalse();
      store.removeUnfinished("project=p/");
      store.delete(KEY);
    }
    assertThat(root).doesNotExist();
  }

  @Test
  void theFirstPublishMakesTheRoot() throws IOException {
    Path deep = root.resolve("a/b");
    try (LocalShardStore store = LocalShardStore.open(deep)) {
      store.create(KEY, bytes("{}"));
    }
    assertThat(deep.resolve(KEY)).hasContent("{}");
  }

  @Test
  void aCopyIsTheFileItself() throws IOException {
    LocalShardStore store = LocalShardStore.open(root);
    store.create(KEY, bytes("{}"));
    try (LocalCopy copy = store.open(KEY)) {
      assertThat(copy.path()).isEqualTo(root.resolve(KEY));
    }
    assertThat(root.resolve(KEY)).exists();
  }

  @Test
  void theRootIsAFileUri() throws IOException {
    Files.createDirectories(root);
    assertThat(LocalShardStore.open(root).root().toString()).isEqualTo("file://" + root);
  }

  @Test
  void aFileIsNoRoot() throws IOException {
    Files.writeString(root, "");
    assertThatIOException()
        .isThrownBy(() -> LocalShardStore.open(root))
        .withMessage(
            "Cannot use " + root + " as a root: it is a file; name a folder, or one to be made");
  }

  @Test
  void aFileInTheWayOfAFolderIsNamed() throws IOException {
    Files.createDirectories(root);
    Files.writeString(root.resolve("project=p"), "");
    LocalShardStore store = LocalShardStore.open(root);
    assertThatIOException()
        .isThrownBy(() -> store.create(KEY, bytes("{}")))
        .withMessage(
            "Cannot create "
                + root.resolve(KEY)
                + ": "
                + root.resolve("project=p")
                + " is a file where a folder should be; move it away or choose another root");
    assertThatIOException()
        .isThrownBy(() -> store.prepare("project=p/"))
        .withMessageContaining(root.resolve("project=p") + " is a file where a folder should be");
  }

  @Test
  void aFolderInTheWayOfAnObjectIsSaid() throws IOException {
    Files.createDirectories(root.resolve(KEY));
    LocalShardStore store = LocalShardStore.open(root);
    assertThatIOException()
        .isThrownBy(() -> store.replace(KEY, bytes("{}")))
        .withMessageContaining("a folder is in the way");
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> store.create(KEY, bytes("{}")));
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> store.read(KEY));
    store.delete(KEY);
    assertThat(root.resolve(KEY)).isDirectory();
  }

  @Test
  void aRootThatCannotBeWrittenIsSaidWithWhatToDo() {
    LocalShardStore store =
        store(
            root,
            new FileOperations() {
              @Override
              void makeFolder(Path folder) throws IOException {
                throw new AccessDeniedException(folder.toString());
              }
            });
    assertThatIOException()
        .isThrownBy(() -> store.create(KEY, bytes("{}")))
        .withMessage(
            "Cannot create "
                + root.resolve(KEY)
                + ": no permission for "
                + root
                + "; allow it or choose another root");
  }

  @Test
  void aFolderThatMayNotBeListedIsSaidAsThat() throws IOException {
    Path folder = Files.createDirectories(root.resolve("project=p/run=r"));
    IOException denied = new AccessDeniedException(folder.toString());
    assertThat(new StoreErrors(root).explain("list", "project=p/run=r/", denied))
        .hasMessage(
            "Cannot list "
                + folder
                + ": no permission for "
                + folder
                + "; allow it or choose another root");
  }

  @Test
  void aFullDiskIsSaidAndLeavesNothing() throws IOException {
    LocalShardStore store =
        store(
            root,
            new FileOperations() {
              @Override
              void syncFile(Path file) throws IOException {
                throw new FileSystemException(file.toString(), null, "No space left on device");
              }
            });
    assertThatIOException()
        .isThrownBy(() -> store.create(KEY, bytes("{}")))
        .withMessage(
            "Cannot create "
                + root.resolve(KEY)
                + ": No space left on device; it is safe to try again");
    try (var all = Files.walk(root)) {
      assertThat(all.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void aFolderRemovedUnderTheStoreIsMadeAgain() throws IOException {
    LocalShardStore store = LocalShardStore.open(root);
    store.create("a/b/one", bytes("1"));
    Files.delete(root.resolve("a/b/one"));
    Files.delete(root.resolve("a/b"));
    store.create("a/b/two", bytes("2"));
    assertThat(store.read("a/b/two")).asString(UTF_8).isEqualTo("2");
  }

  @Test
  void hiddenFilesAndFoldersAreNotListed() throws IOException {
    LocalShardStore store = LocalShardStore.open(root);
    store.create(KEY, bytes("{}"));
    Files.writeString(root.resolve(".DS_Store"), "");
    Files.writeString(root.resolve("project=p/run=r/.meta.json.0.unfinished"), "");
    Files.createDirectories(root.resolve(".snapshot/project=p"));
    Files.writeString(root.resolve(".snapshot/project=p/x"), "");
    assertThat(store.list("").objects()).extracting(StoredObject::key).containsExactly(KEY);
    assertThat(store.listNames("")).containsExactly("project=p");
  }

  @Test
  void linksThatLeadOutOfTheRootAreNeitherListedNorRead() throws IOException {
    Path outside = Files.createDirectories(root.resolveSibling("outside/run=x"));
    Files.writeString(outside.resolve("meta.json"), "secret");
    LocalShardStore store = LocalShardStore.open(root);
    store.create(KEY, bytes("{}"));
    Files.createSymbolicLink(root.resolve("project=out"), outside.getParent());
    Files.createSymbolicLink(root.resolve("secret.json"), outside.resolve("meta.json"));
    Files.createSymbolicLink(root.resolve("nothing"), root.resolve("missing"));
    Files.createSymbolicLink(root.resolve("itself"), root.resolve("itself"));

    assertThat(store.list("").objects()).extracting(StoredObject::key).containsExactly(KEY);
    assertThat(store.list("project=out/").objects()).isEmpty();
    assertThat(store.listNames("project=out/run=x/")).isEmpty();
    for (String key : new String[] {"project=out/run=x/meta.json", "secret.json", "nothing"}) {
      assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> store.read(key));
      assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> store.open(key));
    }
  }

  @Test
  void linksWithinTheRootAreFollowedOnceAndNeverInCircles() throws IOException {
    LocalShardStore store = LocalShardStore.open(root);
    store.create("a/x", bytes("1"));
    store.create("b/y", bytes("2"));
    Files.createSymbolicLink(root.resolve("a/to-b"), root.resolve("b"));
    Files.createSymbolicLink(root.resolve("b/to-a"), root.resolve("a"));
    Files.createSymbolicLink(root.resolve("a/up"), root);
    assertThat(store.list("").objects())
        .extracting(StoredObject::key)
        .containsExactly("a/to-b/y", "a/x", "b/to-a/x", "b/y");
  }

  @Test
  void aRootThatIsALinkIsARoot() throws IOException {
    Path target = Files.createDirectories(root.resolveSibling("target"));
    Files.createSymbolicLink(root, target);
    LocalShardStore store = LocalShardStore.open(root);
    store.create(KEY, bytes("{}"));
    assertThat(store.list("").objects()).hasSize(1);
    assertThat(store.read(KEY)).asString(UTF_8).isEqualTo("{}");
  }

  @Test
  void filesThatVanishWhileTheyAreListedDoNotMatter() throws Exception {
    LocalShardStore store = LocalShardStore.open(root);
    store.create("project=p/stays", bytes("x"));
    ExecutorService pool = Executors.newSingleThreadExecutor();
    Future<?> comingAndGoing =
        pool.submit(
            () -> {
              for (int i = 0; i < 300; i++) {
                Path passing = Files.createDirectories(root.resolve("project=p/f" + i % 7));
                Files.writeString(passing.resolve("x"), "");
                Files.delete(passing.resolve("x"));
                Files.delete(passing);
              }
              return KEY;
            });
    while (!comingAndGoing.isDone()) {
      assertThat(store.list("project=p/").objects())
          .extracting(StoredObject::key)
          .contains("project=p/stays");
    }
    comingAndGoing.get();
    pool.shutdown();
  }

  @Test
  void agesAreToldByTheClockThatGivesFilesTheirTimes() throws IOException {
    ManualClock slow = new ManualClock(Instant.now().minus(Duration.ofHours(3)));
    LocalShardStore store = new LocalShardStore(root, new FileOperations(), slow);
    store.create(KEY, bytes("{}"));
    Listing listing = store.list("");
    Duration age = Duration.between(listing.objects().get(0).modified(), listing.listedAt());
    assertThat(age.abs()).isLessThan(Duration.ofSeconds(30));

    slow.advance(Duration.ofSeconds(40));
    assertThat(Duration.between(listing.listedAt(), store.list("").listedAt()))
        .isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void onARootThatCanOnlyBeReadTheClockIsThisMachines() throws IOException {
    Files.createDirectories(root);
    ManualClock clock = new ManualClock(Instant.parse("2026-01-02T03:04:05Z"));
    LocalShardStore store =
        new LocalShardStore(
            root,
            new FileOperations() {
              @Override
              void write(Path target, byte[] bytes) throws IOException {
                throw new FileSystemException(target.toString(), null, "Read-only file system");
              }
            },
            clock);
    assertThat(store.list("").listedAt()).isEqualTo(clock.instant());
  }

  @Test
  void theClockLeavesNothingBehind() throws IOException {
    Files.createDirectories(root);
    LocalShardStore.open(root).list("");
    try (var all = Files.list(root)) {
      assertThat(all).isEmpty();
    }
  }

  @Test
  void timesAreThoseOfTheFiles() throws IOException {
    LocalShardStore store = LocalShardStore.open(root);
    store.create(KEY, bytes("{}"));
    Instant then = Instant.parse("2020-02-03T04:05:06.789Z");
    Files.setLastModifiedTime(root.resolve(KEY), FileTime.from(then));
    assertThat(store.list("").objects().get(0).modified()).isEqualTo(then);
  }

  private static LocalShardStore store(Path root, FileOperations operations) {
    return new LocalShardStore(root, operations, Clock.systemUTC());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
