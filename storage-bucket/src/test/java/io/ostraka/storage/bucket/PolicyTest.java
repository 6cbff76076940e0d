package io.ostraka.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ostraka.storage.bucket.BucketSettings.AccessKeys;
import io.ostraka.storage.bucket.BucketSettings.Patience;
import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The policies that docs/buckets.md prints, word for word, on a server that knows policies. */
final class PolicyTest {
  private static final String SHARD = "a/metrics/000000000000-000000000009.parquet";
  private static final Pattern POLICY = Pattern.compile("(?s)```json\n(\\{\"Version\".*?)```");
  private static final Pattern NAME = Pattern.compile("\"Sid\": \"(\\w+)\"");
  private static final Patience PATIENCE =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          2,
          Duration.ofMillis(1),
          Duration.ofMillis(5));

  private static S3Server server;
  private static Path sealed;

  @TempDir private Path cache;

  @BeforeAll
  static void startServer(@TempDir Path folder) throws IOException {
    server = S3Server.seaweed(folder, policies());
    sealed = Files.write(folder.resolve("sealed"), new byte[(int) Uploads.PART_BYTES + 1]);
    ShardStore all = store(S3Server.KEYS, "s3://runs", folder.resolve("cache"));
    all.create("team/a/writer.json", new byte[1]);
    all.create("other/a/writer.json", new byte[1]);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static Map<AccessKeys, String> policies() throws IOException {
    Path page = Path.of(System.getProperty("ostraka.repository"), "docs", "buckets.md");
    Map<AccessKeys, String> policies = new LinkedHashMap<>();
    Matcher printed = POLICY.matcher(Files.readString(page));
    while (printed.find()) {
      String policy = printed.group(1).replace("BUCKET", "runs").replace("PREFIX", "team");
      Matcher name = NAME.matcher(policy);
      assertThat(name.find()).as("a name in %s", policy).isTrue();
      policies.put(keys(name.group(1)), policy);
    }
    assertThat(policies.keySet()).extracting(AccessKeys::id).contains("Reader", "Writer");
    return policies;
  }

  @Test
  void aReaderListsAndReadsAndIsToldThatItMayNotWrite() throws IOException {
    ShardStore store = store("Reader");
    assertThat(store.list("").objects()).extracting(StoredObject::key).contains("a/writer.json");
    assertThat(store.listNames("")).contains("a");
    assertThat(store.read("a/writer.json")).hasSize(1);
    assertThat(store.exists("a/absent")).isFalse();
    store.open("a/writer.json").close();
    List<StoredObject> before = store.list("").objects();
    assertRefused(() -> store.create("a/new", new byte[1]), "to put it (s3:PutObject)");
    assertRefused(() -> store.publish("a/metrics/new", sealed), "to put it (s3:PutObject)");
    assertRefused(() -> store.replace("a/writer.json", new byte[2]), "to put it (s3:PutObject)");
    assertRefused(
        () -> store.edit("a/writer.json", now -> Optional.of(new byte[3])), "(s3:PutObject)");
    assertRefused(() -> store.delete("a/writer.json"), "to delete it (s3:DeleteObject)");
    assertThat(store.list("").objects()).isEqualTo(before);
    assertRefusedElsewhere("Reader");
  }

  @Test
  void aWriterPublishesAndEditsAndDeletesNothing() throws IOException {
    ShardStore store = store("Writer");
    store.create("a/metrics/1", new byte[1]);
    store.publish(SHARD, sealed);
    store.replace("a/writer.json", new byte[1]);
    store.edit("a/meta.json", now -> Optional.of(new byte[3]));
    store.removeUnfinished("a/");
    assertRefused(() -> store.delete("a/writer.json"), "to delete it (s3:DeleteObject)");
    assertRefused(() -> store.delete(SHARD), "to delete it (s3:DeleteObject)");
    assertThat(store.list("a/metrics/").objects()).hasSize(2);
    assertRefusedElsewhere("Writer");
    store("Compactor").delete(SHARD);
    store("Compactor").delete("a/metrics/1");
    assertThat(store.list("a/metrics/").objects()).isEmpty();
  }

  @Test
  void aCompactorDeletesBelowItsPrefixAlone() throws IOException {
    ShardStore store = store("Compactor");
    store.publish("b/metrics/1", sealed);
    store.delete("b/metrics/1");
    assertThat(store.list("b/").objects()).isEmpty();
    assertRefusedElsewhere("Compactor");
  }

  private void assertRefusedElsewhere(String name) throws IOException {
    ShardStore elsewhere = store(keys(name), "s3://runs/other", cache);
    assertRefused(() -> elsewhere.list(""), "to list it (s3:ListBucket)");
    assertRefused(() -> elsewhere.read("a/writer.json"), "to get it (s3:GetObject)");
    assertRefused(() -> elsewhere.replace("a/writer.json", new byte[2]), "(s3:PutObject)");
    assertRefused(() -> elsewhere.delete("a/writer.json"), "(s3:DeleteObject)");
    ShardStore all = store(S3Server.KEYS, "s3://runs/other", cache);
    assertThat(all.read("a/writer.json")).hasSize(1);
  }

  private ShardStore store(String name) throws IOException {
    return store(keys(name), "s3://runs/team", cache);
  }

  private static AccessKeys keys(String name) {
    return new AccessKeys(name, "secret-" + name, Optional.empty());
  }

  private static ShardStore store(AccessKeys keys, String root, Path cache) throws IOException {
    BucketSettings settings =
        S3Server.settings(server.endpoint(), cache, PATIENCE, Optional.of(keys));
    return new BucketStores(settings, line -> {}).open(URI.create(root));
  }

  private static void assertRefused(ThrowingCallable call, String needed) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(call)
        .withMessageStartingWith("Cannot ")
        .withMessageContaining("no permission to ")
        .withMessageContaining(needed)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
