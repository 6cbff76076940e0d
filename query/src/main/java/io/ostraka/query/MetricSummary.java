package io.ostraka.query;

import org.jspecify.annotations.Nullable;

/**
 * One metric of a run in a few numbers.
 *
 * @param name its name
 * @param first the value of the least row of the oldest writer of the rank that {@code last} is of;
 *     null on the last card of a version that did not note it
 * @param last the value of the greatest row of the first writer that has any, as in a chart
 * @param min the least finite value, NaN if there is none
 * @param max the greatest finite value, NaN if there is none
 * @param mean of the finite values, NaN if there is none
 * @param count how many points it has
 */
public record MetricSummary(
    String name,
    @Nullable Double first,
    double last,
    double min,
    double max,
    double mean,
    long count) {}
