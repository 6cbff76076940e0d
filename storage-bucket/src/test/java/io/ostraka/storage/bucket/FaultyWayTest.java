package io.ostraka.storage.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ostraka.storage.bucket.BucketSettings.Patience;
import io.ostraka.storage.bucket.FaultProxy.Fault;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.RequestCount;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a store makes of a bad way to a real server: one thing done once, or one clear line. */
@ExtendWith(SharedServers.class)
final class FaultyWayTest {
  private static final String KEY = "project=p/run=r/writer=w/metrics/x.parquet";
  private static final String CARD = "project=p/run=r/writer=w/writer.json";

  /** Does not make a test long where nothing comes. */
  private static final Patience HASTE =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofMillis(500),
          Duration.ofSeconds(30),
          8,
          Duration.ofMillis(5),
          Duration.ofMillis(50));

  private final S3Server server;
  private final URI root = S3Server.newRoot();
  @TempDir private Path folder;
  private FaultProxy proxy;
  private ShardStore store;

  FaultyWayTest(S3Server server) {
    this.server = server;
  }

  @BeforeEach
  void open() throws IOException {
    proxy = new FaultProxy(server.endpoint());
    store = store(S3Server.PATIENCE);
  }

  private ShardStore store(Patience patience) throws IOException {
    BucketSettings settings =
        S3Server.settings(proxy.endpoint(), folder.resolve("cache"), patience);
    ShardStore opened = new BucketStores(settings, line -> {}).open(root);
    opened.replace("first", new byte[1]);
    opened.delete("first");
    opened.create("first", new byte[1]); // Finds out what the server knows.
    return opened;
  }

  private void next(String method, Fault... faults) throws IOException {
    if (faults[0] == Fault.SILENT || faults[0] == Fault.SILENT_AFTER) {
      store = store(HASTE);
    }
    proxy.next(method, faults);
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "LATE",
        "RESET_BEFORE",
        "RESET_AFTER",
        "HALF_AN_ANSWER",
        "SILENT",
        "SILENT_AFTER",
        "INTERNAL_ERROR",
        "SLOW_DOWN",
        "SPOILT_REQUEST"
      })
  void whatIsCreatedThroughAFaultIsThereOnceAndItsOwn(Fault fault) throws IOException {
    next("PUT", fault);
    store.create(KEY, bytes("mine"));
    assertThat(store.read(KEY)).asString(UTF_8).isEqualTo("mine");
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> store.create(KEY, bytes("again")));
    assertThat(store.read(KEY)).asString(UTF_8).isEqualTo("mine");
  }

  @ParameterizedTest
  @EnumSource(names = {"RESET_AFTER", "SILENT_AFTER", "INTERNAL_ERROR", "SPOILT_REQUEST"})
  void aNameThatSomebodyElseTookIsTakenAlsoThroughAFault(Fault fault) throws IOException {
    store.create(KEY, bytes("theirs"));
    next("PUT", fault);
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> store.create(KEY, bytes("mine")));
    assertThat(store.read(KEY)).asString(UTF_8).isEqualTo("theirs");
  }

  @ParameterizedTest
  @EnumSource(
      names = {"RESET_BEFORE", "RESET_AFTER", "HALF_AN_ANSWER", "SILENT_AFTER", "SLOW_DOWN"})
  void anEditThroughAFaultIsMadeOnce(Fault fault) throws IOException {
    store.create(CARD, bytes("a"));
    next("PUT", fault);
    store.edit(CARD, now -> Optional.of(bytes(new String(now.orElseThrow(), UTF_8) + "b")));
    assertThat(store.read(CARD)).asString(UTF_8).isEqualTo("ab");
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "LATE",
        "RESET_BEFORE",
        "RESET_AFTER",
        "HALF_AN_ANSWER",
        "SILENT",
        "INTERNAL_ERROR",
        "SLOW_DOWN",
        "SPOILT_ANSWER"
      })
  void whatIsReadThroughAFaultIsWhatWasWritten(Fault fault) throws IOException {
    String text = "0123456789".repeat(2_000);
    store.create(KEY, bytes(text));
    next("GET", fault, fault);
    assertThat(store.read(KEY)).asString(UTF_8).isEqualTo(text);
    next("GET", fault, fault);
    try (LocalCopy copy = store.open(KEY)) {
      assertThat(copy.path()).hasContent(text);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RESET_BEFORE", "RESET_AFTER", "HALF_AN_ANSWER", "SLOW_DOWN"})
  void aListingThroughAFaultIsWhole(Fault fault) throws IOException {
    store.create(KEY, bytes("x"));
    next("GET", fault, fault);
    assertThat(store.list("").objects())
        .extracting(StoredObject::key)
        .containsExactly("first", KEY);
  }

  @ParameterizedTest
  @EnumSource(names = {"RESET_BEFORE", "RESET_AFTER", "HALF_AN_ANSWER", "INTERNAL_ERROR"})
  void whatIsDeletedThroughAFaultIsGone(Fault fault) throws IOException {
    store.create(KEY, bytes("x"));
    next("DELETE", fault);
    store.delete(KEY);
    assertThat(store.list("project=p/").objects()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"RESET_BEFORE", "RESET_AFTER", "INTERNAL_ERROR", "SPOILT_REQUEST"})
  void aLargeFileThroughFaultsIsWhole(Fault fault) throws IOException {
    byte[] bytes = new byte[(int) Uploads.PART_BYTES + 5_000_000];
    new Random(fault.name().length()).nextBytes(bytes);
    Path sealed = Files.write(folder.resolve("sealed"), bytes);
    int[] puts = new int[1];
    proxy.choose(
        (method, path, headers) -> {
          boolean spoils = method.equals("PUT") && puts[0]++ < 2;
          return spoils ? fault : Fault.NONE;
        });
    store.publish(KEY, sealed);
    try (LocalCopy copy = store.open(KEY)) {
      assertThat(copy.path()).hasBinaryContent(bytes);
    }
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> store.publish(KEY, sealed));
  }

  @Test
  void anUploadWhoseJoiningSeemedToFailIsThereOnce() throws IOException {
    byte[] bytes = new byte[(int) Uploads.PART_BYTES + 1];
    Path sealed = Files.write(folder.resolve("sealed"), bytes);
    proxy.choose(
        (method, path, headers) ->
            method.equals("POST") && path.contains("uploadId") && seen("POST") == 1
                ? Fault.RESET_AFTER
                : Fault.NONE);
    store.publish(KEY, sealed);
    assertThat(store.list("project=p/").objects())
        .extracting(StoredObject::sizeBytes)
        .containsExactly((long) bytes.length);
  }

  private long seen(String method) {
    return proxy.seen().stream().filter(one -> one.startsWith(method)).count();
  }

  @Test
  void aDownloadThatIsCutAgainAndAgainGoesOnWhereItStopped() throws IOException {
    byte[] bytes = new byte[7_000_000];
    new Random(7).nextBytes(bytes);
    store.publish(KEY, Files.write(folder.resolve("sealed"), bytes));
    proxy.choose((method, path, headers) -> Fault.CUT_AT_A_MEGABYTE);
    assertThat(store.read(KEY)).isEqualTo(bytes);
  }

  @Test
  void requestsAreCountedAsTheyArrive() throws IOException {
    RequestCount before = store.requests().orElseThrow();
    int seen = proxy.seen().size();
    store.create(KEY, bytes("x"));
    next("PUT", Fault.INTERNAL_ERROR, Fault.RESET_AFTER);
    store.replace(CARD, bytes("x"));
    store.list("");
    store.read(CARD);
    store.open(KEY).close();
    store.open(KEY).close();
    store.delete(CARD);
    RequestCount after = store.requests().orElseThrow();
    assertThat(after.total() - before.total()).isEqualTo(proxy.seen().size() - seen);
    assertThat(after.put() - before.put()).isEqualTo(4);
    assertThat(after.list() - before.list()).isEqualTo(1);
    assertThat(after.get() - before.get()).isEqualTo(2);
    assertThat(after.head() - before.head()).isZero();
    assertThat(after.delete() - before.delete()).isEqualTo(1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
