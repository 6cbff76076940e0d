package io.ostraka.query;

/** What a line of several members tells of each bin beside their mean. */
public enum Statistic {
  /** Nothing more. */
  MEAN,
  /** The median of the members. */
  MEDIAN,
  /** From where to where all values of all members reach. */
  MINMAX,
  /** The standard deviation between members, with one degree of freedom less than there are. */
  STD,
  /** The standard error of the mean: the standard deviation by the root of their number. */
  STDERR
}
