package io.ostraka.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * Runs one history after the other. {@code OSTRAKA_SEED} names the first seed, {@code
 * OSTRAKA_SEEDS} how many there are, for a soak or to see one again.
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
    System.out.printf("%s: %d histories, OSTRAKA_SEED=%d%n", test, count, base);
    long begin = System.nanoTime();
    Simulation.Lived all = new Simulation.Lived(0, 0, 0);
    Path fast = inMemory(folder);
    try {
      for (long seed = base; seed < base + count; seed++) {
        Path own = Files.createDirectory(fast.resolve(Long.toString(seed)));
        all = all.plus(live(test, history, seed, own));
        Simulation.delete(own);
      }
    } finally {
      Simulation.delete(fast);
    }
    System.out.printf(
        "%s: %d histories in %.1f s: %d shards, %d of them merged, %d retired%n",
        test, count, (System.nanoTime() - begin) / 1e9, all.shards(), all.merges(), all.retired());
  }

  private static Simulation.Lived live(String test, History history, long seed, Path folder)
      throws IOException {
    try {
      return history.live(seed, folder);
    } catch (AssertionError e) {
      throw new AssertionError(
          "repeat with: OSTRAKA_SEED=%d OSTRAKA_SEEDS=1 make fast T=%s%n%s"
              .formatted(seed, test, e.getMessage()),
          e);
    }
  }

  /** A file system in memory takes a tenth of the time of a disk. */
  private static Path inMemory(Path folder) throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory) ? Files.createTempDirectory(memory, "ostraka-sim") : folder;
  }

  private static long number(String variable, long otherwise) {
    String text = System.getenv(variable);
    return text == null || text.isEmpty() ? otherwise : Long.parseLong(text);
  }
}
