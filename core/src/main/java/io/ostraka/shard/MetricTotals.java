package io.ostraka.shard;

import java.util.Optional;

/**
 * One metric of a shard in a few numbers.
 *
 * @param count how many points there are, at least 1
 * @param steps from which step to which one; nothing if no point has one
 * @param firstMicros the time of the earliest point, in microseconds since the epoch
 * @param lastMicros the time of the latest one
 * @param firstRow the least row number
 * @param first the value of that row
 * @param lastRow the greatest row number
 * @param last the value of that row
 * @param finite how many values are finite
 * @param min the least finite value, NaN if there is none
 * @param max the greatest finite value, NaN if there is none
 * @param sum the sum of the finite values
 */
public record MetricTotals(
    long count,
    Optional<StepSpan> steps,
    long firstMicros,
    long lastMicros,
    long firstRow,
    double first,
    long lastRow,
    double last,
    long finite,
    double min,
    double max,
    double sum) {}
