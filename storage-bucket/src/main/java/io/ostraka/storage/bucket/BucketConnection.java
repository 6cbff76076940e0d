package io.ostraka.storage.bucket;

import io.ostraka.store.RequestCount;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/** What the stores of one process share: connections, the cache, what is known of a server. */
final class BucketConnection implements AutoCloseable {
  private final BucketSettings settings;
  private final S3Client client;
  private final S3Clients.Ways ways;
  private final String server;
  private final String region;
  private final RequestCounter counter = new RequestCounter();
  private final RandomGenerator random = new SecureRandom();
  private final Attempts attempts;
  private final Consumer<String> say;
  private final Map<String, CreateOnly> createOnly = new ConcurrentHashMap<>();
  private final Lock editing = new ReentrantLock();
  private @Nullable DiskCache cache;

  BucketConnection(BucketSettings settings, Consumer<String> say, S3Clients clients) {
    this.settings = settings;
    this.say = say;
    this.region = clients.region();
    this.ways = clients.ways();
    this.client = ways.client();
    this.server = server(client, region);
    this.attempts =
        new Attempts(settings.patience(), counter, random, time -> Thread.sleep(time.toMillis()));
  }

  private static String server(S3Client client, String region) {
    return client
        .serviceClientConfiguration()
        .endpointOverride()
        .map(URI::toString)
        .orElse("AWS S3 in " + region);
  }

  /** How people know the server. */
  String server() {
    return server;
  }

  BucketErrors errors(BucketRoot root) {
    return new BucketErrors(root, server, region);
  }

  BucketObjects objects(BucketRoot root) {
    return new BucketObjects(client, ways.puts(), settings, root, errors(root), attempts);
  }

  Uploads uploads(BucketRoot root) {
    return new Uploads(client, settings, root, errors(root), attempts);
  }

  CreateOnly createOnly(String bucket) {
    return createOnly.computeIfAbsent(bucket, it -> new CreateOnly(server, say, this::newId));
  }

  Optional<String> storageClass() {
    return settings.storageClass();
  }

  /** Held while a thread of this process edits a card: on lesser servers nothing else is. */
  Lock editing() {
    return editing;
  }

  String newId() {
    return Long.toHexString(random.nextLong());
  }

  RequestCount requests() {
    return counter.count();
  }

  /** Where the cache lies. */
  Path copies() {
    return settings.cache();
  }

  /** The cache, opened when something is first kept in it. */
  synchronized DiskCache cache() throws IOException {
    DiskCache open = cache;
    if (open == null) {
      open = DiskCache.open(settings.cache(), settings.cacheBytes());
      cache = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    ways.close();
    if (cache != null) {
      cache.close();
    }
  }
}
