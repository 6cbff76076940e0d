package io.ostraka.query;

import org.jspecify.annotations.Nullable;

/**
 * From where to where something reaches, both ends included.
 *
 * @param first the least position
 * @param last the greatest position, not less than {@code first}
 */
public record Extent(long first, long last) {
  /** Checks the order of the two. */
  public Extent {
    if (last < first) {
      throw new IllegalArgumentException("An extent from " + first + " to " + last + " is empty");
    }
  }

  /** The least extent that holds both; of two that are absent, null. */
  static @Nullable Extent union(@Nullable Extent one, @Nullable Extent other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return new Extent(Math.min(one.first, other.first), Math.max(one.last, other.last));
  }

  /** What both have in common, or null. */
  @Nullable Extent intersection(Extent other) {
    long from = Math.max(first, other.first);
    long to = Math.min(last, other.last);
    return to < from ? null : new Extent(from, to);
  }

  boolean meets(Extent other) {
    return intersection(other) != null;
  }
}
