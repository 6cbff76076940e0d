package io.ostraka.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.ShardFormatException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store promises; each store's own test extends this. */
public abstract class ShardStoreContract {
  private static final String WRITER = "project=digits/run=a/writer=r000000-0123456789abcdef/";
  private static final String SHARD = WRITER + "metrics/000000000000-000000000009.parquet";
  private static final String CARD = WRITER + "writer.json";

  private Path folder;
  private ShardStore store;

  /**
   * A new store without any object.
   *
   * @param root a new empty folder, for a store that wants one
   */
  protected abstract ShardStore newStore(Path root) throws IOException;

  /**
   * Whether a reader never sees a card half replaced. A server that writes files in place may show
   * one; it is then tested only that the card is whole in the end.
   */
  protected boolean replacesWhole() {
    return true;
  }

  @BeforeEach
  void openStore(@TempDir Path temporary) throws IOException {
    folder = Files.createDirectory(temporary.resolve("sealed"));
    store = newStore(Files.createDirectory(temporary.resolve("root")));
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void aNewStoreListsNothing() throws IOException {
    assertThat(store.list("").objects()).isEmpty();
    assertThat(store.list("project=digits/").objects()).isEmpty();
    assertThat(store.listNames("")).isEmpty();
    assertThat(store.listNames("project=digits/")).isEmpty();
  }

  @Test
  void theRootIsAnAbsoluteUriWithoutASlashAtItsEnd() {
    assertThat(store.root().isAbsolute()).isTrue();
    assertThat(store.root().toString()).doesNotEndWith("/");
  }

  @Test
  void whatIsPublishedIsListedAndRead() throws IOException {
    Path sealed = sealed("shard");
    store.publish(SHARD, sealed);

    StoredObject object = only(store.list(WRITER));
    assertThat(object.key()).isEqualTo(SHARD);
    assertThat(object.sizeBytes()).isEqualTo(5);
    assertThat(store.read(SHARD)).asString(UTF_8).isEqualTo("shard");
    try (LocalCopy copy = store.open(SHARD)) {
      assertThat(copy.path()).hasContent("shard");
    }
    assertThat(sealed).hasContent("shard");
    try (LocalCopy copy = store.openAnew(SHARD)) {
      assertThat(copy.path()).hasContent("shard");
    }
  }

  @Test
  void anObjectIsHandedOutInParts() throws IOException {
    store.publish(SHARD, sealed("0123456789"));
    try (SparseCopy copy = store.openSparse(only(store.list(WRITER)))) {
      copy.fetch(List.of(new ByteRange(2, 3), new ByteRange(9, 1)));
      assertThat(copy.sizeBytes()).isEqualTo(10);
      assertThat(copy.path()).hasSize(10);
      assertThat(Files.readString(copy.path()).substring(2, 5)).isEqualTo("234");
      assertThatThrownBy(() -> copy.fetch(List.of(new ByteRange(9, 2))))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aLargeFileIsPublishedWhole() throws IOException {
    byte[] bytes = new byte[3 * 1024 * 1024 + 7];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ((i * 31) >> 3);
    }
    store.publish(SHARD, Files.write(folder.resolve("large"), bytes));
    assertThat(store.read(SHARD)).isEqualTo(bytes);
  }

  @Test
  void anEmptyObjectIsAnObject() throws IOException {
    store.create(CARD, new byte[0]);
    assertThat(only(store.list("")).sizeBytes()).isZero();
    assertThat(store.read(CARD)).isEmpty();
  }

  @Test
  void publishingNeverReplaces() throws IOException {
    store.publish(SHARD, sealed("first"));
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> store.publish(SHARD, sealed("second")));
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> store.create(SHARD, bytes("third")));
    assertThat(store.read(SHARD)).asString(UTF_8).isEqualTo("first");
    assertThat(store.list("").objects()).hasSize(1);
  }

  @Test
  void replacingCreatesAndReplaces() throws IOException {
    store.replace(CARD, bytes("one"));
    store.replace(CARD, bytes("three"));
    assertThat(store.read(CARD)).asString(UTF_8).isEqualTo("three");
    assertThat(only(store.list("")).sizeBytes()).isEqualTo(5);
  }

  @Test
  void anEditSeesWhatIsThereAndReplacesIt() throws IOException {
    store.edit(CARD, now -> Optional.of(bytes(now.isPresent() ? "there" : "new")));
    assertThat(store.read(CARD)).asString(UTF_8).isEqualTo("new");
    store.edit(CARD, now -> Optional.of(bytes(text(now) + "er")));
    assertThat(store.read(CARD)).asString(UTF_8).isEqualTo("newer");
    store.edit(CARD, now -> now);
    assertThat(store.read(CARD)).asString(UTF_8).isEqualTo("newer");
    assertThat(only(store.list("")).key()).isEqualTo(CARD);
  }

  @Test
  void anEditThatMakesNoCardLeavesNone() throws IOException {
    store.edit(CARD, now -> now);
    assertThat(store.list("").objects()).isEmpty();
  }

  @Test
  void anEditThatIsRefusedChangesNothing() throws IOException {
    store.replace(CARD, bytes("as it was"));
    ShardFormatException refusal = new ShardFormatException("from the future");
    assertThatThrownBy(
            () ->
                store.edit(
                    CARD,
                    now -> {
                      throw refusal;
                    }))
        .isSameAs(refusal);
    assertThat(store.read(CARD)).asString(UTF_8).isEqualTo("as it was");
    assertThat(store.list("").objects()).hasSize(1);
  }

  @Test
  void ofEditsAtTheSameTimeNoneIsLost() throws Exception {
    int threads = 4;
    int each = 25;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<?>> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      all.add(
          pool.submit(
              () -> {
                for (int i = 0; i < each; i++) {
                  store.edit(CARD, ShardStoreContract::counted);
                }
                return CARD;
              }));
    }
    for (Future<?> one : all) {
      one.get();
    }
    pool.shutdown();
    assertThat(store.read(CARD)).asString(UTF_8).isEqualTo(Integer.toString(threads * each));
  }

  /** The number that a card holds, and one more. */
  public static Optional<byte[]> counted(Optional<byte[]> now) {
    int before = now.isPresent() ? Integer.parseInt(text(now)) : 0;
    return Optional.of(bytes(Integer.toString(before + 1)));
  }

  @Test
  void theStoreKeepsItsOwnBytes() throws IOException {
    byte[] given = bytes("abc");
    store.replace(CARD, given);
    Arrays.fill(given, (byte) 'x');
    Arrays.fill(store.read(CARD), (byte) 'y');
    assertThat(store.read(CARD)).asString(UTF_8).isEqualTo("abc");
  }

  @Test
  void deletingRemovesAndMayBeRepeated() throws IOException {
    store.publish(SHARD, sealed("shard"));
    store.delete(SHARD);
    store.delete(SHARD);
    store.delete("project=never/run=was/meta.json");
    assertThat(store.list("").objects()).isEmpty();
    store.publish(SHARD, sealed("again"));
    assertThat(store.read(SHARD)).asString(UTF_8).isEqualTo("again");
  }

  @Test
  void whatIsNotThereIsSaidByName() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> store.read(SHARD))
        .withMessageContaining(SHARD);
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> store.openAnew(SHARD));
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> store.open(SHARD))
        .withMessageContaining(SHARD);
  }

  @Test
  void aPrefixIsNoObject() throws IOException {
    store.create(CARD, bytes("{}"));
    String prefixAsKey = WRITER.substring(0, WRITER.length() - 1);
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> store.read(prefixAsKey));
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> store.open(prefixAsKey));
    store.delete(prefixAsKey);
    assertThat(store.list("").objects()).hasSize(1);
  }

  @Test
  void anObjectIsNoPrefix() throws IOException {
    store.create(CARD, bytes("{}"));
    assertThat(store.list(CARD + "/").objects()).isEmpty();
    assertThat(store.listNames(CARD + "/")).isEmpty();
  }

  @Test
  void aListingIsOrderedByKeyAsText() throws IOException {
    List<String> keys =
        List.of("a-b/x", "a.b/x", "a/x", "a/b/x", "a0/x", "a", "ä/x", "run=10/x", "run=9/x");
    for (String key : keys) {
      if (!key.equals("a")) {
        store.create(key, bytes(key));
      }
    }
    assertThat(store.list("").objects())
        .extracting(StoredObject::key)
        .containsExactly("a-b/x", "a.b/x", "a/b/x", "a/x", "a0/x", "run=10/x", "run=9/x", "ä/x");
  }

  @Test
  void aListingHoldsOnlyWhatIsBelowItsPrefix() throws IOException {
    store.create("project=a/run=1/meta.json", bytes("1"));
    store.create("project=a/run=10/meta.json", bytes("2"));
    store.create("project=ab/run=1/meta.json", bytes("3"));
    assertThat(store.list("project=a/run=1/").objects())
        .extracting(StoredObject::key)
        .containsExactly("project=a/run=1/meta.json");
    assertThat(store.list("project=a/").objects()).hasSize(2);
    assertThat(store.list("").objects()).hasSize(3);
  }

  @Test
  void namesAreThoseDirectlyBelow() throws IOException {
    store.create("project=b/run=1/meta.json", bytes("{}"));
    store.create("project=a/run=2/meta.json", bytes("{}"));
    store.create("project=a/run=1/meta.json", bytes("{}"));
    store.create("project=a/run=1/writer=r/writer.json", bytes("{}"));
    assertThat(store.listNames("")).containsExactly("project=a", "project=b");
    assertThat(store.listNames("project=a/")).containsExactly("run=1", "run=2");
    assertThat(store.listNames("project=a/run=1/")).containsExactly("meta.json", "writer=r");
  }

  @Test
  void namesInAnyScriptAreKept() throws IOException {
    String key = "project=Größe 😀 字%2F/run=1/meta.json";
    store.create(key, bytes("x"));
    assertThat(only(store.list("")).key()).isEqualTo(key);
    assertThat(store.listNames("")).containsExactly("project=Größe 😀 字%2F");
    assertThat(store.read(key)).asString(UTF_8).isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/etc/passwd",
        "a/",
        "a//b",
        "..",
        "../x",
        "a/../../x",
        "a/./b",
        ".hidden",
        "a/.hidden",
        ".git/config",
        "a\0b",
        "a\nb"
      })
  void aKeyThatIsNoneIsRefusedEverywhere(String key) throws IOException {
    Path sealed = sealed("x");
    assertThatThrownBy(() -> store.read(key)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.open(key)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.delete(key)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.publish(key, sealed))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.create(key, bytes("x")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.replace(key, bytes("x")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.edit(key, now -> Optional.of(bytes("x"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "/", "../", "a//", "/a/", ".hidden/", "a/../"})
  void aPrefixThatIsNoneIsRefusedEverywhere(String prefix) {
    assertThatThrownBy(() -> store.list(prefix)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.listNames(prefix)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.prepare(prefix)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.isPrepared(prefix)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.removeUnfinished(prefix))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.removeEmptyFolders(prefix))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void publishingAFileThatIsNotThereFailsAndPublishesNothing() throws IOException {
    assertThatThrownBy(() -> store.publish(SHARD, folder.resolve("missing")))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(FileAlreadyExistsException.class);
    assertThat(store.list("").objects()).isEmpty();
  }

  @Test
  void whatWasPreparedIsPreparedAndPublishingNeedsNoPreparation() throws IOException {
    store.prepare(WRITER);
    store.prepare(WRITER);
    assertThat(store.isPrepared(WRITER)).isTrue();
    assertThat(store.list("").objects()).isEmpty();
    store.publish("project=other/run=b/writer=w/metrics/x.parquet", sealed("x"));
    assertThat(store.isPrepared("project=other/run=b/writer=w/")).isTrue();
  }

  @Test
  void removingWhatIsUnfinishedLeavesWhatIsFinished() throws IOException {
    store.publish(SHARD, sealed("shard"));
    store.removeUnfinished(WRITER);
    store.removeUnfinished("project=never/run=was/");
    assertThat(store.list("").objects()).hasSize(1);
  }

  @Test
  void removingEmptyFoldersLeavesEveryObjectAndNoOtherName() throws IOException {
    store.prepare(WRITER + "metrics/");
    store.prepare(WRITER + "texts/");
    store.publish(SHARD, sealed("shard"));
    store.removeEmptyFolders("project=digits/run=a/");
    assertThat(store.listNames(WRITER)).containsExactly("metrics");
    assertThat(store.read(SHARD)).asString(UTF_8).isEqualTo("shard");
    store.delete(SHARD);
    store.removeEmptyFolders("project=digits/run=a/");
    store.removeEmptyFolders("project=digits/run=a/");
    assertThat(store.listNames("project=digits/")).isEmpty();
    store.publish(SHARD, sealed("again"));
    assertThat(store.list("").objects()).hasSize(1);
  }

  @Test
  void anObjectIsAboutAsOldAsItIs() throws IOException {
    store.create(CARD, bytes("{}"));
    Listing listing = store.list("");
    Duration age = Duration.between(only(listing).modified(), listing.listedAt());
    assertThat(age.abs()).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void aListingShowsAnObjectOnceItsPublishReturned() throws Exception {
    int threads = 4;
    int each = 25;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<?>> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      String prefix = "project=p/run=r/writer=" + t + "/metrics/";
      Path sealed = sealed("shard" + t);
      all.add(
          pool.submit(
              () -> {
                for (int i = 0; i < each; i++) {
                  store.publish(prefix + i, sealed);
                  assertThat(store.list("project=p/").objects())
                      .extracting(StoredObject::key)
                      .contains(prefix + i);
                }
                return prefix;
              }));
    }
    for (Future<?> one : all) {
      one.get();
    }
    pool.shutdown();
    assertThat(store.list("").objects()).hasSize(threads * each);
  }

  @Test
  void ofManyWhoPublishOneNameExactlyOneDoes() throws Exception {
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<Boolean>> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      Path sealed = sealed("by " + t);
      all.add(
          pool.submit(
              () -> {
                try {
                  store.publish(SHARD, sealed);
                  return true;
                } catch (FileAlreadyExistsException e) {
                  return false;
                }
              }));
    }
    List<Integer> winners = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      if (all.get(t).get()) {
        winners.add(t);
      }
    }
    pool.shutdown();
    assertThat(winners).hasSize(1);
    assertThat(store.read(SHARD)).asString(UTF_8).isEqualTo("by " + winners.get(0));
  }

  @Test
  void aReaderSeesACardWholeWhileItIsReplaced() throws Exception {
    byte[] ones = "1".repeat(20_000).getBytes(UTF_8);
    byte[] twos = "2".repeat(30_000).getBytes(UTF_8);
    store.replace(CARD, ones);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    Future<?> writer =
        pool.submit(
            () -> {
              for (int i = 0; i < 50; i++) {
                store.replace(CARD, i % 2 == 0 ? twos : ones);
              }
              return CARD;
            });
    while (replacesWhole() && !writer.isDone()) {
      byte[] seen = store.read(CARD);
      assertThat(Arrays.equals(seen, ones) || Arrays.equals(seen, twos)).isTrue();
    }
    writer.get();
    pool.shutdown();
    assertThat(store.read(CARD)).isEqualTo(ones);
  }

  @Test
  void aLocalCopyMayBeClosedTwice() throws IOException {
    store.create(CARD, bytes("{}"));
    LocalCopy copy = store.open(CARD);
    copy.close();
    assertThatCode(copy::close).doesNotThrowAnyException();
    assertThat(store.read(CARD)).asString(UTF_8).isEqualTo("{}");
  }

  private Path sealed(String content) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "sealed", ".parquet"), content);
  }

  private static String text(Optional<byte[]> bytes) {
    return new String(bytes.orElseThrow(), UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static StoredObject only(Listing listing) {
    assertThat(listing.objects()).hasSize(1);
    return listing.objects().get(0);
  }
}
