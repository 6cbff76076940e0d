package io.ostraka.storage.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.store.ByteRange;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.RequestCount;
import io.ostraka.store.ShardStore;
import io.ostraka.store.SparseCopy;
import io.ostraka.store.StoredObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The local cache of objects of a real server. */
@ExtendWith(SharedServers.class)
final class DiskCacheTest {
  private static final int LARGE = 3_000_000;

  private final S3Server server;
  private final URI root = S3Server.newRoot();
  private final byte[] large = new byte[LARGE];
  @TempDir private Path cache;
  private ShardStore store;

  DiskCacheTest(S3Server server) {
    this.server = server;
    new Random(3).nextBytes(large);
  }

  @BeforeEach
  void open() throws IOException {
    store = newStore(BucketSettings.CACHE_BYTES);
    store.create("a/large", large);
    store.create("a/small", "small".getBytes(UTF_8));
    store.create("a/empty", new byte[0]);
  }

  private ShardStore newStore(long limit) throws IOException {
    BucketSettings all = S3Server.settings(server.endpoint(), cache, S3Server.PATIENCE);
    BucketSettings settings =
        new BucketSettings(
            all.region(),
            all.endpoint(),
            Optional.empty(),
            Optional.empty(),
            all.keys(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            cache,
            limit,
            all.patience());
    return new BucketStores(settings, line -> {}).open(root);
  }

  @Test
  void anObjectIsFetchedOnceByAllWhoComeLater() throws IOException {
    store.open("a/small").close();
    store.open("a/large").close();
    store.open("a/empty").close();
    ShardStore later = newStore(BucketSettings.CACHE_BYTES);
    try (LocalCopy small = later.open("a/small");
        LocalCopy again = later.open("a/small");
        LocalCopy whole = later.open("a/large");
        LocalCopy empty = later.open("a/empty")) {
      assertThat(small.path()).hasContent("small").isEqualTo(again.path());
      assertThat(whole.path()).hasBinaryContent(large);
      assertThat(empty.path()).isEmptyFile();
    }
    assertThat(later.requests().orElseThrow().total()).isZero();
  }

  @Test
  void ofALargeObjectOnlyWhatIsAskedForIsFetched() throws IOException {
    RequestCount before = store.requests().orElseThrow();
    try (SparseCopy copy = store.openSparse(listed("a/large"))) {
      assertThat(copy.sizeBytes()).isEqualTo(LARGE);
      assertThat(copy.path()).hasSize(LARGE);
      copy.fetch(List.of(new ByteRange(LARGE - 1000, 1000)));
      copy.fetch(List.of(new ByteRange(LARGE - 500, 500)));
      copy.fetch(List.of(new ByteRange(1_000_000, 200_000), new ByteRange(1_100_000, 200_000)));
      byte[] now = Files.readAllBytes(copy.path());
      assertSame(now, LARGE - 1000, LARGE);
      assertSame(now, 1_000_000, 1_300_000);
      assertThat(now[500_000]).isZero();
      assertThatThrownBy(() -> copy.fetch(List.of(new ByteRange(LARGE, 1))))
          .isInstanceOf(IllegalArgumentException.class);
    }
    RequestCount after = store.requests().orElseThrow();
    assertThat(after.get() - before.get()).isEqualTo(2); // The last two ranges come as one.
    ShardStore later = newStore(BucketSettings.CACHE_BYTES);
    try (LocalCopy whole = later.open("a/large")) {
      assertThat(whole.path()).hasBinaryContent(large);
    }
    assertThat(later.requests().orElseThrow().get()).isEqualTo(2);
  }

  @Test
  void aSmallObjectIsFetchedWholeByOneRequest() throws IOException {
    StoredObject small = listed("a/small");
    RequestCount before = store.requests().orElseThrow();
    try (SparseCopy copy = store.openSparse(small)) {
      copy.fetch(List.of(new ByteRange(0, 2)));
      assertThat(copy.path()).hasContent("small");
    }
    assertThat(store.requests().orElseThrow().total() - before.total()).isEqualTo(1);
  }

  @Test
  void bytesThatTheDiskLostAreFetchedAgain() throws IOException {
    store.open("a/large").close();
    Path data = files(".data").get(0);
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      file.seek(2_000_000);
      file.write(new byte[4096]);
    }
    try (LocalCopy copy = newStore(BucketSettings.CACHE_BYTES).open("a/large")) {
      assertThat(copy.path()).hasBinaryContent(large);
    }
  }

  @Test
  void aTornLineCountsAsNone() throws IOException {
    try (SparseCopy copy = store.openSparse(listed("a/large"))) {
      copy.fetch(List.of(new ByteRange(0, 100_000)));
    }
    Path parts = files(".parts").get(0);
    Files.writeString(parts, "part 500000 10", StandardOpenOption.APPEND);
    try (SparseCopy copy = newStore(BucketSettings.CACHE_BYTES).openSparse(listed("a/large"))) {
      copy.fetch(List.of(new ByteRange(0, 700_000)));
      assertSame(Files.readAllBytes(copy.path()), 0, 700_000);
    }
    try (LocalCopy copy = newStore(BucketSettings.CACHE_BYTES).open("a/large")) {
      assertThat(copy.path()).hasBinaryContent(large);
    }
  }

  @Test
  void whatWasNotUsedForLongestGoesFirst() throws IOException {
    for (int i = 0; i < 6; i++) {
      store.create("b/" + i, bytes(i));
    }
    ShardStore limited = newStore(450_000);
    Instant longAgo = Instant.now().minusSeconds(10_000);
    for (int i = 0; i < 3; i++) {
      limited.open("b/" + i).close();
      for (Path parts : files(".parts")) {
        if (Files.getLastModifiedTime(parts).toInstant().isAfter(longAgo.plusSeconds(1000))) {
          Files.setLastModifiedTime(parts, FileTime.from(longAgo.plusSeconds(i)));
        }
      }
    }
    limited.open("b/0").close(); // Used again, so that 1 is the oldest now.
    limited.open("b/3").close();
    limited.open("b/4").close();
    assertThat(size()).isLessThanOrEqualTo(450_000);
    assertThat(isCached("b/0")).isTrue();
    assertThat(isCached("b/1")).isFalse();
    assertThat(isCached("b/4")).isTrue();
  }

  @Test
  void whatIsHeldIsNotRemovedHoweverFullItIs() throws IOException {
    store.create("b/0", bytes(0));
    store.create("b/1", bytes(1));
    ShardStore limited = newStore(1);
    try (LocalCopy held = limited.open("b/0")) {
      limited.open("b/1").close();
      limited.open("a/small").close();
      assertThat(held.path()).hasBinaryContent(bytes(0));
    }
  }

  @Test
  void whatAnotherProcessHoldsIsNotRemovedUntilItIsKilled() throws Exception {
    store.create("b/0", bytes(0));
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                HoldsACopy.class.getName(),
                server.endpoint().toString(),
                cache.toString(),
                root.toString(),
                "b/0")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(other.getInputStream(), UTF_8))) {
      Path held = Path.of(String.valueOf(out.readLine()));
      try (DiskCache full = DiskCache.open(cache, 1)) {
        full.sweep();
        assertThat(held).hasBinaryContent(bytes(0));
        other.destroyForcibly().waitFor();
        full.sweep();
        assertThat(held).doesNotExist();
      }
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void whatIsOpenedAnewIsAnsweredByTheServerAndNotKept() throws IOException {
    store.open("a/small").close();
    store.delete("a/small");
    store.create("a/small", "other".getBytes(UTF_8));
    try (LocalCopy copy = store.openAnew("a/small")) {
      assertThat(copy.path()).hasContent("other");
    }
    try (LocalCopy copy = store.open("a/small")) {
      assertThat(copy.path()).hasContent("small");
    }
    store.delete("a/small");
    assertThatThrownBy(() -> store.openAnew("a/small")).isInstanceOf(NoSuchFileException.class);
    try (Stream<Path> files = Files.list(cache)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(UnkeptCopy.ENDING));
    }
  }

  @Test
  void whatAProcessThatDiedHadOpenedAnewIsSweptOut() throws IOException {
    Path left = Files.write(cache.resolve("1" + UnkeptCopy.ENDING), bytes(0));
    Path used = Files.write(cache.resolve("2" + UnkeptCopy.ENDING), bytes(0));
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(2 * 86_400)));
    store.open("a/small").close();
    assertThat(left).doesNotExist();
    assertThat(used).exists();
  }

  @Test
  void bytesOfAProcessThatDiedBeforeItSaidSoAreSweptOut() throws IOException {
    Path left = Files.write(cache.resolve("0123456789abcdef0123456789abcdef.data"), bytes(0));
    store.open("a/small").close();
    assertThat(left).doesNotExist();
  }

  @Test
  void manyThreadsFetchOneObjectOnce() throws Exception {
    RequestCount before = store.requests().orElseThrow();
    List<Thread> threads =
        Stream.generate(() -> new Thread(this::openAndCompare)).limit(8).toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(store.requests().orElseThrow().get() - before.get()).isEqualTo(1);
  }

  private void openAndCompare() {
    try (LocalCopy copy = store.open("a/large")) {
      assertThat(copy.path()).hasBinaryContent(large);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsSaid() throws IOException {
    File file = Files.writeString(cache.resolve("file"), "").toFile();
    assertThatThrownBy(() -> DiskCache.open(file.toPath().resolve("x"), 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("OSTRAKA_CACHE");
  }

  private StoredObject listed(String key) throws IOException {
    return store.list("").objects().stream()
        .filter(object -> object.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  private void assertSame(byte[] now, int from, int to) {
    assertThat(java.util.Arrays.equals(now, from, to, large, from, to)).isTrue();
  }

  private static byte[] bytes(int seed) {
    byte[] bytes = new byte[150_000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private boolean isCached(String key) throws IOException {
    ShardStore asked = newStore(BucketSettings.CACHE_BYTES);
    asked.open(key).close();
    return asked.requests().orElseThrow().total() == 0;
  }

  private List<Path> files(String ending) throws IOException {
    try (Stream<Path> all = Files.list(cache)) {
      return all.filter(file -> file.toString().endsWith(ending)).toList();
    }
  }

  private long size() throws IOException {
    long size = 0;
    for (Path file : files(".data")) {
      size += Files.size(file);
    }
    return size;
  }
}
