package io.ostraka.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * First, last, minimum, maximum, mean and count of a metric, as a last card has them. Minimum,
 * maximum and mean are over finite values. Not safe for threads.
 */
public final class MetricSummary {
  /** Sums of the same values in another order differ in their last digits. */
  private static final double MEAN_TOLERANCE = 1e-9;

  private long count;
  private long finite;
  private long firstRow = Long.MAX_VALUE;
  private double first;
  private long lastRow = -1;
  private double last;
  private double minimum = Double.POSITIVE_INFINITY;
  private double maximum = Double.NEGATIVE_INFINITY;
  private double sum;

  /** Takes in a point; in whatever order. */
  public void add(long row, double value) {
    count++;
    if (row < firstRow) {
      firstRow = row;
      first = value;
    }
    if (row > lastRow) {
      lastRow = row;
      last = value;
    }
    if (Double.isFinite(value)) {
      finite++;
      sum += value;
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
    }
  }

  /** Takes in other points of the metric. */
  public void add(MetricSummary other) {
    count += other.count;
    if (other.firstRow < firstRow) {
      firstRow = other.firstRow;
      first = other.first;
    }
    if (other.lastRow > lastRow) {
      lastRow = other.lastRow;
      last = other.last;
    }
    finite += other.finite;
    sum += other.sum;
    minimum = Math.min(minimum, other.minimum);
    maximum = Math.max(maximum, other.maximum);
  }

  /** As a card has it; {@code min}, {@code max} and {@code mean} only if a value is finite. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("last", last);
    if (finite > 0) {
      json.put("min", minimum).put("max", maximum).put("mean", sum / finite);
    }
    return json.put("count", count).put("first", first);
  }

  /**
   * Whether a card's summary is that of these points, but for the rounding of a mean. A card that
   * an earlier version wrote does not say the first value.
   */
  public boolean agreesWith(JsonNode said) {
    boolean same =
        number(said, "last", last)
            && said.path("count").asLong(-1) == count
            && (!said.has("first") || number(said, "first", first));
    if (finite == 0) {
      return same && !said.has("min") && !said.has("max") && !said.has("mean");
    }
    return same
        && number(said, "min", minimum)
        && number(said, "max", maximum)
        && isMean(said.path("mean"));
  }

  private boolean isMean(JsonNode said) {
    double mean = sum / finite;
    if (!Double.isFinite(mean)) {
      return true; // The sum overflowed, in this order of the values or in the other.
    }
    double scale = Math.max(Math.abs(minimum), Math.abs(maximum));
    double difference = Math.abs(JsonNumber.parse(said) - mean);
    return difference <= scale * MEAN_TOLERANCE || !Double.isFinite(JsonNumber.parse(said));
  }

  private static boolean number(JsonNode said, String field, double value) {
    JsonNode number = said.path(field);
    return JsonNumber.isNumber(number) && Double.compare(JsonNumber.parse(number), value) == 0;
  }
}
