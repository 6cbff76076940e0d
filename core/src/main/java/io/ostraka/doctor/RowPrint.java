package io.ostraka.doctor;

/**
 * Mixes what is in a row to 64 bits, so that the rows of two shards can be compared by their sums.
 * Not safe for threads.
 */
final class RowPrint {
  private long mixed;
  private String lastText = "";
  private long lastHash;

  void begin(long row, boolean hasStep, long step, long timeMicros) {
    mixed = mix(row);
    add(hasStep ? step : Long.MIN_VALUE);
    add(timeMicros);
  }

  void add(long value) {
    mixed = mix(mixed + value);
  }

  void add(String text) {
    if (!text.equals(lastText)) {
      long hash = text.length();
      for (int i = 0; i < text.length(); i++) {
        hash = hash * 0x100000001b3L + text.charAt(i);
      }
      lastHash = mix(hash);
      lastText = text;
    }
    add(lastHash);
  }

  long end() {
    return mixed;
  }

  /** The finisher of SplitMix64 (Steele, Lea, Flood: OOPSLA 2014). */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
