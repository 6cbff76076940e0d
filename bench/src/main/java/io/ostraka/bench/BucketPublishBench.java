package io.ostraka.bench;

import io.ostraka.storage.bucket.BucketSettings;
import io.ostraka.storage.bucket.BucketStores;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Publishing files into a bucket beside a plain loop over the SDK with the same concurrency: by
 * turns, so that what else the machine does meets both. Also a few large files, and what they take
 * of memory.
 *
 * <p>Arguments: the bucket, and the number of rounds. The server is that of {@code
 * AWS_ENDPOINT_URL}; {@code bench/python/bucket_publish.py} starts one.
 */
public final class BucketPublishBench {
  private static final int THREADS = 16;
  private static final int FILES = 1_000;
  private static final int BYTES = 100_000;
  private static final int LARGE_FILES = 8;
  private static final int LARGE_BYTES = 64 << 20;

  private BucketPublishBench() {}

  private interface Put {
    void put(String key, Path file) throws IOException;
  }

  /** Runs the benchmark. */
  public static void main(String[] args) throws IOException, InterruptedException {
    String bucket = args[0];
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    Path folder = Folders.temporary();
    BucketSettings settings = BucketSettings.of(System.getenv(), folder.resolve("cache"));
    try (BucketStores stores = new BucketStores(settings, line -> print("%s", line));
        S3Client plain =
            S3Client.builder()
                .forcePathStyle(true)
                .httpClientBuilder(Apache5HttpClient.builder().maxConnections(64))
                .build()) {
      ShardStore store = stores.open(URI.create("s3://" + bucket + "/ours"));
      Put ours = store::publish;
      Put theirs =
          (key, file) ->
              plain.putObject(
                  it -> it.bucket(bucket).key("plain/" + key).ifNoneMatch("*"),
                  RequestBody.fromFile(file));
      small(folder, rounds, ours, theirs);
      large(folder, ours);
    }
  }

  private static void small(Path folder, int rounds, Put ours, Put theirs)
      throws IOException, InterruptedException {
    List<Path> files = files(folder, FILES, BYTES);
    run(files, theirs);
    run(files, ours); // Both are warm now.
    double[] ratios = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      boolean oursFirst = i % 2 == 0;
      double first = run(files, oursFirst ? ours : theirs);
      double second = run(files, oursFirst ? theirs : ours);
      double own = oursFirst ? first : second;
      double other = oursFirst ? second : first;
      ratios[i] = own / other;
      print("%d files of %d KB: %.2f s, the plain loop %.2f s", FILES, BYTES / 1000, own, other);
    }
    Arrays.sort(ratios);
    print(
        "median of the ratios: %.2f (%.2f to %.2f)",
        ratios[rounds / 2], ratios[0], ratios[rounds - 1]);
  }

  private static void large(Path folder, Put ours) throws IOException, InterruptedException {
    List<Path> files = files(folder, LARGE_FILES, LARGE_BYTES);
    System.gc();
    peaks().forEach(MemoryPoolMXBean::resetPeakUsage);
    double seconds = run(files, ours);
    long peak = peaks().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    print(
        "%d files of %d MiB: %.2f s, at most %d MiB of heap",
        LARGE_FILES, LARGE_BYTES >> 20, seconds, peak >> 20);
  }

  private static List<MemoryPoolMXBean> peaks() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private static List<Path> files(Path folder, int count, int bytes) throws IOException {
    Random random = new Random(1);
    List<Path> files = new ArrayList<>();
    byte[] content = new byte[bytes];
    for (int i = 0; i < count; i++) {
      random.nextBytes(content);
      files.add(Files.write(folder.resolve(bytes + "-" + i), content));
    }
    return files;
  }

  private static double run(List<Path> files, Put put) throws IOException, InterruptedException {
    String prefix = UUID.randomUUID() + "/";
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    long begin = System.nanoTime();
    try {
      List<Future<?>> all = new ArrayList<>();
      for (Path file : files) {
        all.add(
            threads.submit(
                () -> {
                  put.put(prefix + file.getFileName(), file);
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      threads.shutdown();
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
