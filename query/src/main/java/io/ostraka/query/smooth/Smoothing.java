package io.ostraka.query.smooth;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A way of smoothing, as a request names it: a kind, and its numbers. */
public final class Smoothing {
  /* Windows lie in memory, and some kinds take time in proportion to them. */
  private static final int WIDEST_WINDOW = 10_001;
  private static final int HIGHEST_ORDER = 10;
  private static final double WIDEST_GAUSSIAN = 1_000;

  private final String text;
  private final Supplier<Smoother> maker;

  private Smoothing(String text, Supplier<Smoother> maker) {
    this.text = text;
    this.maker = maker;
  }

  /**
   * Reads {@code ema:0.9}, {@code tema:<half-life>}, {@code mean:<window>}, {@code gauss:<sigma>},
   * {@code savgol:<window>,<order>} or {@code median:<window>}.
   *
   * @throws IllegalArgumentException if it is something else; the message is for a person
   */
  public static Smoothing parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    List<Double> numbers = colon < 0 ? List.of() : numbers(text, text.substring(colon + 1));
    int wanted = kind.equals("savgol") ? 2 : 1;
    boolean isKnown = List.of("ema", "tema", "mean", "gauss", "savgol", "median").contains(kind);
    if (!isKnown || numbers.size() != wanted) {
      throw refused(
          text,
          "is not ema:<weight>, tema:<half-life>, mean:<window>, gauss:<sigma>,"
              + " savgol:<window>,<order> or median:<window>");
    }
    double first = numbers.get(0);
    return switch (kind) {
      case "ema" -> {
        check(first >= 0 && first < 1, text, "needs a weight of at least 0 and below 1");
        yield new Smoothing(text, () -> new ExponentialMean(first));
      }
      case "tema" -> {
        check(first > 0, text, "needs a half-life above 0");
        yield new Smoothing(text, () -> new TimedExponentialMean(first));
      }
      case "mean" -> {
        int half = half(text, first);
        yield new Smoothing(text, () -> new RunningMean(half));
      }
      case "median" -> {
        int half = half(text, first);
        yield new Smoothing(text, () -> new RunningMedian(half));
      }
      case "gauss" -> {
        check(
            first > 0 && first <= WIDEST_GAUSSIAN,
            text,
            "needs a sigma above 0 and up to " + (int) WIDEST_GAUSSIAN + " points");
        yield new Smoothing(text, () -> new Gaussian(first));
      }
      default -> {
        int half = half(text, first);
        double order = numbers.get(1);
        int most = Math.min(HIGHEST_ORDER, 2 * half);
        check(
            order == (int) order && order >= 0 && order <= most,
            text,
            "needs an order of 0 to " + most);
        yield new Smoothing(text, () -> new SavitzkyGolay(half, (int) order));
      }
    };
  }

  /** A smoother of one line. */
  public Smoother start() {
    return maker.get();
  }

  @Override
  public String toString() {
    return text;
  }

  private static List<Double> numbers(String text, String list) {
    List<Double> numbers = new ArrayList<>();
    for (String one : list.split(",", -1)) {
      try {
        double number = Double.parseDouble(one);
        check(Double.isFinite(number), text, "has a number that is not finite");
        numbers.add(number);
      } catch (NumberFormatException e) {
        throw refused(text, "has \"" + one + "\" where a number is expected");
      }
    }
    return numbers;
  }

  /* How many points a window reaches to either side. */
  private static int half(String text, double window) {
    check(
        window == (int) window && window >= 1 && window <= WIDEST_WINDOW && window % 2 == 1,
        text,
        "needs an odd window of 1 to " + WIDEST_WINDOW + " points");
    return (int) window / 2;
  }

  private static void check(boolean holds, String text, String what) {
    if (!holds) {
      throw refused(text, what);
    }
  }

  private static IllegalArgumentException refused(String text, String what) {
    return new IllegalArgumentException("smooth = \"" + text + "\" " + what);
  }
}
