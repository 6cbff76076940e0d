package io.ostraka.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long something takes, in milliseconds.
 *
 * @param first the first time
 * @param median of some times once it is warm
 * @param high nine of ten times are below it
 */
record Timing(double first, double median, double high) {
  private static final int WARM_UPS = 20;
  private static final int ROUNDS = 30;
  private static final int SLOW_ROUNDS = 3;
  private static final double SLOW_MILLIS = 300;
  private static final double VERY_SLOW_MILLIS = 5000;

  /** Something to do; returns a number, so that nobody leaves out the work. */
  interface Work {
    long run() throws Exception;
  }

  /** Does something again and again; fewer times if it is slow. */
  static Timing of(Work work) throws Exception {
    return of(work, Duration.ZERO);
  }

  /** Likewise with a pause before each time, in which what is known of the world grows old. */
  static Timing of(Work work, Duration pause) throws Exception {
    double first = millis(work, pause);
    if (first > VERY_SLOW_MILLIS) {
      return new Timing(first, first, first);
    }
    boolean isSlow = first > SLOW_MILLIS && millis(work, pause) > SLOW_MILLIS;
    for (int i = 0; i < WARM_UPS && !isSlow; i++) {
      millis(work, Duration.ZERO);
    }
    List<Double> taken = new ArrayList<>();
    for (int i = 0; i < (isSlow ? SLOW_ROUNDS : ROUNDS); i++) {
      taken.add(millis(work, pause));
    }
    Collections.sort(taken);
    return new Timing(first, taken.get(taken.size() / 2), taken.get(taken.size() * 9 / 10));
  }

  private static double millis(Work work, Duration pause) throws Exception {
    Thread.sleep(pause.toMillis());
    long begin = System.nanoTime();
    work.run();
    return (System.nanoTime() - begin) / 1e6;
  }

  /** What this process has had in memory at most, as the system counts it. */
  static double peakMegabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
