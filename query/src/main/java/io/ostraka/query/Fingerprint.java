package io.ostraka.query;

/** A number that texts and numbers added one after the other make; others make another. */
final class Fingerprint {
  /* FNV-1a (Fowler, Noll, Vo) of 64 bits. It tells apart what happens by itself, not by intent. */
  private static final long PRIME = 0x100000001b3L;

  private long value = 0xcbf29ce484222325L;

  void add(long number) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      value = (value ^ (number >>> shift & 0xff)) * PRIME;
    }
  }

  void add(String text) {
    add(text.length());
    text.chars().forEach(this::add);
  }

  long value() {
    return value;
  }
}
