package io.ostraka.storage.bucket;

import io.ostraka.store.LocalCopy;
import java.net.URI;
import java.nio.file.Path;

/** Opens an object, prints where its copy lies, and holds it until it is killed. */
final class HoldsACopy {
  private HoldsACopy() {}

  public static void main(String[] arguments) throws Exception {
    BucketSettings settings =
        S3Server.settings(URI.create(arguments[0]), Path.of(arguments[1]), S3Server.PATIENCE);
    try (BucketStores stores = new BucketStores(settings, line -> {});
        LocalCopy copy = stores.open(URI.create(arguments[2])).open(arguments[3])) {
      System.out.println(copy.path());
      Thread.currentThread().join();
    }
  }
}
