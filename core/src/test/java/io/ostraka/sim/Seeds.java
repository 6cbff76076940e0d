package io.ostraka.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Runs one history after the other, for a minute at most. {@code OSTRAKA_SEED} names the first
 * seed, {@code OSTRAKA_SEEDS} how many there are, however long that takes: for a soak, or to see
 * one again.
 */
public final class Seeds {
  private Seeds() {}

  /** Lives one history and says how many shards were published in it. */
  public interface History {
    /** Lives it. */
    Simulation.Lived live(long seed, Path folder) throws IOException;
  }

  /**
   * Runs histories of as many seeds as asked for.
   *
   * @param test the name of the test class, for the command that repeats a failure
   * @param usual how many histories there are where the environment does not say
   */
  public static void run(String test, Path folder, int usual, History history) throws IOException {
    long base = number("OSTRAKA_SEED", new SecureRandom().nextInt(1 << 30));
    long count = number("OSTRAKA_SEEDS", usual);
    long nanos = isSet("OSTRAKA_SEEDS") ? Long.MAX_VALUE : TimeUnit.MINUTES.toNanos(1);
    System.out.printf("%s: up to %d histories, OSTRAKA_SEED=%d%n", test, count, base);
    long begin = System.nanoTime();
    long lives = 0;
    Simulation.Lived all = new Simulation.Lived(0, 0, 0, 0);
    Path fast = inMemory(folder);
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<Optional<Simulation.Lived>>> histories = new ArrayList<>();
      for (long i = base; i < base + count; i++) {
        long seed = i;
        histories.add(
            threads.submit(
                () ->
                    System.nanoTime() - begin < nanos
                        ? Optional.of(live(test, history, seed, fast))
                        : Optional.empty()));
      }
      for (Future<Optional<Simulation.Lived>> future : histories) {
        Optional<Simulation.Lived> lived = future.get();
        lives += lived.isPresent() ? 1 : 0;
        all = lived.map(all::plus).orElse(all);
      }
    } catch (ExecutionException e) {
      throw new AssertionError(Objects.requireNonNull(e.getCause()).getMessage(), e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      threads.shutdownNow();
      awaitEnd(threads);
      Simulation.delete(fast);
    }
    System.out.printf(
        "%s: %d histories in %.1f s: %d rows, 0 lost, 0 doubled; %d shards, %d of them merged, %d retired%n",
        test,
        lives,
        (System.nanoTime() - begin) / 1e9,
        all.rows(),
        all.shards(),
        all.merges(),
        all.retired());
  }

  private static Simulation.Lived live(String test, History history, long seed, Path folder)
      throws IOException {
    Path own = Files.createDirectory(folder.resolve(Long.toString(seed)));
    try {
      Simulation.Lived lived = history.live(seed, own);
      Simulation.delete(own);
      return lived;
    } catch (AssertionError e) {
      throw new AssertionError(
          "repeat with: OSTRAKA_SEED=%d OSTRAKA_SEEDS=1 make fast T=%s%n%s"
              .formatted(seed, test, e.getMessage()),
          e);
    }
  }

  private static void awaitEnd(ExecutorService threads) {
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A file system in memory takes a tenth of the time of a disk. */
  private static Path inMemory(Path folder) throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory) ? Files.createTempDirectory(memory, "ostraka-sim") : folder;
  }

  private static boolean isSet(String variable) {
    String text = System.getenv(variable);
    return text != null && !text.isEmpty();
  }

  private static long number(String variable, long otherwise) {
    return isSet(variable) ? Long.parseLong(System.getenv(variable)) : otherwise;
  }
}
