package io.ostraka.store;

/** What a key and a prefix may be, the same for every store. */
public final class Keys {
  private Keys() {}

  /**
   * Checks the key of an object.
   *
   * @return the key
   * @throws IllegalArgumentException if it has an empty part, a part that begins with a dot, a
   *     control character, or a slash at its begin or end
   */
  public static String check(String key) {
    checkParts(key, key);
    return key;
  }

  /**
   * Checks a prefix.
   *
   * @return the prefix
   * @throws IllegalArgumentException unless it is empty, or a key with a slash at its end
   */
  public static String checkPrefix(String prefix) {
    if (prefix.isEmpty()) {
      return prefix;
    }
    if (!prefix.endsWith("/")) {
      throw new IllegalArgumentException("The prefix \"" + prefix + "\" does not end with a slash");
    }
    checkParts(prefix.substring(0, prefix.length() - 1), prefix);
    return prefix;
  }

  private static void checkParts(String parts, String whole) {
    for (String part : parts.split("/", -1)) {
      if (part.isEmpty()) {
        throw new IllegalArgumentException("The key \"" + whole + "\" has an empty part");
      }
      if (part.charAt(0) == '.') {
        throw new IllegalArgumentException(
            "The key \"" + whole + "\" has a part that begins with a dot");
      }
    }
    if (whole.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("The key \"" + whole + "\" has a control character");
    }
  }
}
