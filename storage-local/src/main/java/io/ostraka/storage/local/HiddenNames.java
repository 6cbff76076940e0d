package io.ostraka.storage.local;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Names of files that are not finished; every reader ignores what begins with a dot. */
final class HiddenNames {
  private static final String SUFFIX = ".unfinished";
  private static final SecureRandom RANDOM = new SecureRandom();

  private HiddenNames() {}

  /** A name that no other file has, on any machine. */
  static String next(String finalName) {
    String stem = finalName.length() <= 60 ? finalName : finalName.substring(0, 60);
    return "." + stem + "." + HexFormat.of().toHexDigits(RANDOM.nextLong()) + SUFFIX;
  }

  static boolean isHidden(String name) {
    return name.startsWith(".");
  }

  /** Whether a file is one that {@link #next} named. */
  static boolean isUnfinished(String name) {
    return isHidden(name) && name.endsWith(SUFFIX);
  }
}
