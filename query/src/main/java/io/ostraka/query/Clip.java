package io.ostraka.query;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A range of values without the outliers, by percentiles of what is drawn: the least and the
 * greatest value of each bin, and the value of each point; finite ones only.
 *
 * @param from the percentile at which it begins, 0 to 100
 * @param to the percentile at which it ends, greater than {@code from}
 */
public record Clip(double from, double to) {
  private static final Pattern TEXT =
      Pattern.compile("p([0-9]{1,3}(?:\\.[0-9]{1,6})?),p([0-9]{1,3}(?:\\.[0-9]{1,6})?)");

  /** Checks both. */
  public Clip {
    if (!(from >= 0 && from < to && to <= 100)) {
      throw new IllegalArgumentException(
          "clip from p" + from + " to p" + to + " is not a range within p0 to p100");
    }
  }

  /**
   * Reads for example {@code p1,p99}.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Clip parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "clip = \"" + text + "\" is not two percentiles such as p1,p99");
    }
    return new Clip(Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2)));
  }

  /** The range of what is drawn of some lines; null if there is no finite value. */
  @Nullable ValueRange of(List<Drawn> lines) {
    double[] sorted =
        lines.stream().flatMapToDouble(Clip::values).filter(Double::isFinite).sorted().toArray();
    return sorted.length == 0
        ? null
        : new ValueRange(percentile(sorted, from / 100), percentile(sorted, to / 100));
  }

  private static DoubleStream values(Drawn drawn) {
    Points points = drawn.points();
    Bins bins = drawn.bins();
    return points != null
        ? IntStream.range(0, points.size()).mapToDouble(points::value)
        : IntStream.range(0, bins.size())
            .boxed()
            .flatMapToDouble(i -> DoubleStream.of(bins.min(i), bins.max(i)));
  }

  /* Between the two nearest values (Hyndman and Fan 1996, type 7), as NumPy does. */
  private static double percentile(double[] sorted, double part) {
    double at = part * (sorted.length - 1);
    int below = (int) at;
    double low = sorted[below];
    double high = sorted[Math.min(below + 1, sorted.length - 1)];
    double share = at - below;
    return low * (1 - share) + high * share;
  }
}
