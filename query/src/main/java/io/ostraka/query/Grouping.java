package io.ostraka.query;

/**
 * Runs that are drawn as one line.
 *
 * @param field runs with an equal value of this are a group
 * @param statistic what is told beside the mean
 */
public record Grouping(RunField field, Statistic statistic) {}
