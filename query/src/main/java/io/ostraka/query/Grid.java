package io.ostraka.query;

import java.math.BigInteger;

/**
 * The bins of one answer over the visible part of an axis.
 *
 * @param visible from the first to the last position that is wanted
 * @param positionsPerBin the bin width in positions
 */
record Grid(Extent visible, long positionsPerBin) {
  /** The number of the bin that holds the first visible position. */
  long firstBin() {
    return Math.floorDiv(visible.first(), positionsPerBin);
  }

  /** Whether a position is in view. */
  boolean shows(long position) {
    return visible.first() <= position && position <= visible.last();
  }

  /** The place of a visible position's bin, counted from {@link #firstBin}. */
  int at(long position) {
    return (int) (Math.floorDiv(position, positionsPerBin) - firstBin());
  }

  /** How many bins there are from the first to the last visible position. */
  int span() {
    return Math.toIntExact(Math.floorDiv(visible.last(), positionsPerBin) - firstBin() + 1);
  }

  Bins.Builder builder() {
    return new Bins.Builder(firstBin(), span());
  }

  /** The first position of the first bin, which may lie below what 64 bits hold. */
  BigInteger base() {
    return BigInteger.valueOf(firstBin()).multiply(BigInteger.valueOf(positionsPerBin));
  }

  /** Whether the distance of a visible position from {@link #base} may need more than 64 bits. */
  boolean isHuge() {
    return BigInteger.valueOf(visible.last()).subtract(base()).bitLength() > 63
        || base().bitLength() > 63;
  }
}
