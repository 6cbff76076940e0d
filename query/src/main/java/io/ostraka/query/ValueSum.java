package io.ostraka.query;

/**
 * The values of one metric in some rows of one writer. Minimum, maximum and sum are over finite
 * values, and NaN where there are none.
 */
record ValueSum(
    long firstRow,
    double first,
    long lastRow,
    double last,
    double min,
    double max,
    double sum,
    long finite,
    long count) {}
