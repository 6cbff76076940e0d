package io.ostraka.client;

import io.ostraka.storage.bucket.BucketSettings;
import io.ostraka.storage.bucket.BucketStores;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The concrete stores of a run: a folder's, or a bucket's, which is opened once. */
final class Roots {
  private final Map<String, String> environment;
  private final Consumer<String> say;
  private @Nullable BucketStores buckets;

  Roots(Map<String, String> environment, Consumer<String> say) {
    this.environment = environment;
    this.say = say;
  }

  /** The address of a root as people write it: a path, or {@code s3://BUCKET/PREFIX}. */
  static URI address(String text) {
    return text.contains("://")
        ? check(URI.create(text.replace(" ", "%20")))
        : Path.of(text).toAbsolutePath().normalize().toUri();
  }

  /**
   * Checks an address.
   *
   * @throws IllegalArgumentException if it is neither a folder's nor a bucket's
   */
  static URI check(URI address) {
    if (!isFolder(address) && !"s3".equals(address.getScheme())) {
      throw new IllegalArgumentException(
          "The root " + address + " is neither a folder nor a bucket; name s3://BUCKET/PREFIX");
    }
    return address;
  }

  static boolean isFolder(URI root) {
    return "file".equals(root.getScheme());
  }

  synchronized ShardStore open(URI root) throws IOException {
    if (isFolder(root)) {
      return LocalShardStore.open(Path.of(root));
    }
    BucketStores open = buckets;
    if (open == null) {
      open = new BucketStores(BucketSettings.of(environment, caches()), say);
      buckets = open;
    }
    return open.open(root);
  }

  private String home() {
    return environment.getOrDefault("HOME", System.getProperty("user.home", "."));
  }

  private Path caches() {
    return Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
        .map(Path::of)
        .filter(Path::isAbsolute)
        .orElseGet(() -> Path.of(home(), ".cache"));
  }
}
