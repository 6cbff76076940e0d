package io.ostraka.storage.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.storage.bucket.BucketSettings.AccessKeys;
import io.ostraka.storage.bucket.BucketSettings.Patience;
import io.ostraka.storage.bucket.FaultProxy.Fault;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a bucket or the way to it is one line that says what to do. */
final class BadBucketTest {
  private static final AccessKeys READER = new AccessKeys("reader", "reads", Optional.empty());
  private static final AccessKeys WRITER = new AccessKeys("writer", "writes", Optional.empty());
  private static final AccessKeys LISTER = new AccessKeys("lister", "lists", Optional.empty());
  private static final Patience PATIENCE =
      new Patience(
          Duration.ofSeconds(5),
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          2,
          Duration.ofMillis(1),
          Duration.ofMillis(5));

  private static S3Server server;

  @TempDir private Path folder;
  private FaultProxy proxy;

  @BeforeAll
  static void startServer(@TempDir Path folder) throws IOException {
    server =
        S3Server.seaweed(
            folder,
            S3Server.identity(S3Server.KEYS, "\"Admin\""),
            S3Server.identity(READER, "\"Read:runs\",\"List:runs\""),
            S3Server.identity(
                WRITER, "\"Write:runs/team/a/*\",\"Read:runs/team/a/*\",\"List:runs\""),
            S3Server.identity(LISTER, "\"List:runs\""));
    try (BucketStores stores =
        new BucketStores(
            S3Server.settings(server.endpoint(), folder, S3Server.PATIENCE), line -> {})) {
      stores.open(URI.create("s3://runs/team")).create("b/card", new byte[1]);
      stores.open(URI.create("s3://runs/team")).create("a/card", new byte[1]);
    }
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void openProxy() throws IOException {
    proxy = new FaultProxy(server.endpoint());
  }

  @AfterEach
  void closeProxy() throws IOException {
    proxy.close();
  }

  @Test
  void aBucketThatIsNotThereIsSaid() {
    ShardStore store = store(server.endpoint(), S3Server.KEYS, "s3://nowhere/x");
    assertLine(() -> store.list(""), "Cannot list s3://nowhere/x/: there is no bucket nowhere at");
    assertLine(() -> store.read("a/b"), "there is no bucket nowhere at", "make it");
  }

  @Test
  void anAccessKeyThatIsNotKnownIsSaid() {
    AccessKeys unknown = new AccessKeys("nobody", "x", Optional.empty());
    ShardStore store = store(server.endpoint(), unknown, "s3://runs/team");
    assertLine(() -> store.list(""), "the access key is not known", "AWS_ACCESS_KEY_ID");
  }

  @Test
  void aSecretThatDoesNotFitIsSaid() {
    AccessKeys wrong = new AccessKeys("reader", "x", Optional.empty());
    ShardStore store = store(server.endpoint(), wrong, "s3://runs/team");
    assertLine(() -> store.list(""), "the secret key does not fit", "AWS_SECRET_ACCESS_KEY");
    assertLine(() -> store.exists("a/card"), "the secret key does not fit");
  }

  @Test
  void aReaderCannotWrite() throws IOException {
    ShardStore store = store(server.endpoint(), READER, "s3://runs/team");
    assertThat(store.list("").objects()).hasSize(2);
    assertThat(store.read("a/card")).hasSize(1);
    assertLine(() -> store.create("c/card", new byte[1]), "no permission to put it (s3:PutObject)");
    assertLine(() -> store.replace("a/card", new byte[1]), "no permission to put it");
    assertLine(() -> store.delete("a/card"), "no permission to delete it (s3:DeleteObject)");
    assertThat(store.list("").objects()).hasSize(2);
  }

  @Test
  void aWriterWritesBelowItsPrefixAlone() throws IOException {
    ShardStore store = store(server.endpoint(), WRITER, "s3://runs/team");
    store.replace("a/writer.json", new byte[1]);
    assertLine(() -> store.replace("b/card", new byte[1]), "no permission to put it");
    assertLine(() -> store.delete("b/card"), "no permission to delete it");
    store.delete("a/writer.json");
    assertThat(store.list("b/").objects()).hasSize(1);
  }

  @Test
  void whoMayOnlyListIsToldWhatIsMissing() {
    ShardStore store = store(server.endpoint(), LISTER, "s3://runs/team");
    assertLine(() -> store.read("a/card"), "no permission to get it (s3:GetObject)", "AWS_PROFILE");
    AccessKeys nothing = new AccessKeys("reader", "reads", Optional.empty());
    ShardStore elsewhere = store(server.endpoint(), nothing, "s3://other/x");
    assertLine(() -> elsewhere.list(""), "Cannot list s3://other/x/: ");
  }

  @Test
  void withoutKeysABucketThatIsNotPublicIsRefused() throws IOException {
    BucketSettings nobody =
        S3Server.settings(server.endpoint(), folder, PATIENCE, Optional.empty());
    ShardStore store = new BucketStores(nobody, line -> {}).open(URI.create("s3://runs/team"));
    assertLine(() -> store.list(""), "no permission to list it (s3:ListBucket)");
  }

  @Test
  void anAddressWhereNothingAnswersIsSaid() throws IOException {
    URI nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    ShardStore store = store(nobody, S3Server.KEYS, "s3://runs/team");
    assertLine(() -> store.list(""), "nothing answers at " + nobody, "AWS_ENDPOINT_URL");
  }

  @Test
  void aNameThatNobodyHasIsSaid() {
    URI unknown = URI.create("http://no-such-host.invalid:9000");
    ShardStore store = store(unknown, S3Server.KEYS, "s3://runs/team");
    assertLine(() -> store.list(""), "no server is known by the name of " + unknown);
  }

  @Test
  void aPageInsteadOfAnAnswerIsNoEmptyRoot() {
    proxy.choose((method, path, headers) -> Fault.LOG_IN_PAGE);
    ShardStore store = store(proxy.endpoint(), S3Server.KEYS, "s3://runs/team");
    assertLine(() -> store.list(""), "answers, but not as an S3 server does");
    assertLine(() -> store.listNames(""), "answers, but not as an S3 server does");
    assertLine(() -> store.read("a/card"), "answers, but not as an S3 server does");
    assertLine(() -> store.replace("a/card", new byte[1]), "but not as an S3 server does");
    assertLine(() -> store.create("a/new", new byte[1]), "but not as an S3 server does");
  }

  @Test
  void theRightRegionIsNamed() {
    proxy.choose((method, path, headers) -> Fault.OTHER_REGION);
    ShardStore store = store(proxy.endpoint(), S3Server.KEYS, "s3://runs/team");
    assertLine(
        () -> store.list(""), "not in region us-east-1 but in eu-west-1", "AWS_REGION=eu-west-1");
  }

  @Test
  void aTokenThatHasExpiredIsSaid() {
    proxy.choose((method, path, headers) -> Fault.EXPIRED_TOKEN);
    ShardStore store = store(proxy.endpoint(), S3Server.KEYS, "s3://runs/team");
    assertLine(() -> store.read("a/card"), "the session's token has expired; log in again");
  }

  @Test
  void aClockThatIsOffIsAllowedForOnceAndThenSaid() throws IOException {
    String[] dates = new String[2];
    int[] asked = new int[1];
    proxy.choose(
        (method, path, headers) -> {
          dates[Math.min(asked[0]++, 1)] = headers.replaceAll("(?is).*x-amz-date: (\\S+).*", "$1");
          return Fault.TWENTY_MINUTES_AHEAD;
        });
    ShardStore store = store(proxy.endpoint(), S3Server.KEYS, "s3://runs/team");
    assertLine(() -> store.list(""), "clock", "too far apart", "set this machine's clock");
    assertThat(asked[0]).isEqualTo(2);
    assertThat(Duration.between(instant(dates[0]), instant(dates[1])))
        .isBetween(Duration.ofMinutes(19), Duration.ofMinutes(22));
  }

  private static java.time.Instant instant(String date) {
    return java.time.format.DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX")
        .parse(date, java.time.Instant::from);
  }

  @Test
  void whatRefusesLargeBodiesIsSaid() throws IOException {
    Path sealed = Files.write(folder.resolve("sealed"), new byte[3_000_000]);
    ShardStore store = store(proxy.endpoint(), S3Server.KEYS, "s3://runs/cut");
    proxy.choose((method, path, headers) -> Fault.REFUSED_ABOVE_A_MEGABYTE);
    assertLine(
        () -> store.publish("a/x", sealed), "refuses an object of this size", "raise its limit");
    proxy.choose((method, path, headers) -> Fault.CUT_AT_A_MEGABYTE);
    assertLine(() -> store.publish("a/x", sealed), "was cut", "what stands between");
  }

  @Test
  void bytesThatAreNotThoseThatWerePutAreSaid() throws IOException {
    ShardStore store = store(proxy.endpoint(), S3Server.KEYS, "s3://runs/spoilt");
    store.replace("a/card", "some text".getBytes(UTF_8));
    proxy.choose((method, path, headers) -> Fault.SPOILT_ANSWER);
    assertLine(() -> store.read("a/card"), "its bytes are not those that were put");
    assertLine(() -> store.open("a/card"), "its bytes are not those that were put");
    proxy.choose((method, path, headers) -> Fault.NONE);
    store.open("a/card").close();
  }

  @Test
  void aThreadThatIsInterruptedIsToldSo() throws IOException {
    ShardStore store = store(proxy.endpoint(), S3Server.KEYS, "s3://runs/team");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> store.list(""))
        .isInstanceOf(java.io.InterruptedIOException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  private ShardStore store(URI endpoint, AccessKeys keys, String root) {
    BucketSettings settings =
        S3Server.settings(endpoint, folder.resolve("cache"), PATIENCE, Optional.of(keys));
    try {
      return new BucketStores(settings, line -> {}).open(URI.create(root));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertLine(ThrowingCallable call, String... parts) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(call)
        .withMessageStartingWith("Cannot ")
        .satisfies(
            e -> {
              assertThat(e.getMessage()).contains(parts);
              assertThat(e.getMessage()).doesNotContain("\n", "software.amazon", "SDK Attempt");
            });
  }
}
