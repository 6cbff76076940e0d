package io.ostraka;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/**
 * The rules for names of projects, runs and metrics, and how the first two become parts of a key.
 *
 * <p>In a key, ASCII characters outside {@code A-Z a-z 0-9 . _ -} and a trailing dot are
 * percent-encoded with upper-case hex digits; other characters stay as they are, since Spark
 * decodes byte by byte.
 */
public final class Names {
  /** The longest encoded name of a project or run, in bytes of UTF-8; file systems stop at 255. */
  public static final int KEY_LIMIT_BYTES = 200;

  /** The longest name of a metric, in bytes of UTF-8. */
  public static final int METRIC_LIMIT_BYTES = 1024;

  private static final String HIVE_NULL = "__HIVE_DEFAULT_PARTITION__";

  private Names() {}

  /**
   * Encodes the name of a project or run as a part of a key.
   *
   * @param name any text; it is brought to NFC first
   * @throws IllegalArgumentException if the name is empty, {@code .}, {@code ..}, reserved, too
   *     long, or holds a control character or an unpaired surrogate; the message says which
   */
  public static String encode(String name) {
    if (isWritten(name)) {
      return name;
    }
    String normal = Normalizer.normalize(name, Normalizer.Form.NFC);
    checkPlain(normal);
    StringBuilder encoded = new StringBuilder(normal.length());
    for (int i = 0; i < normal.length(); i++) {
      char c = normal.charAt(i);
      boolean trailingDot = c == '.' && i == normal.length() - 1;
      if (c < 0x80 && (!isUnreserved(c) || trailingDot)) {
        encoded.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
      } else {
        encoded.append(c);
      }
    }
    int bytes = encoded.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > KEY_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "The name \""
              + abbreviate(normal)
              + "\" is "
              + bytes
              + " bytes long when encoded; at most "
              + KEY_LIMIT_BYTES
              + " fit a file name");
    }
    return encoded.toString();
  }

  /**
   * Decodes a part of a key.
   *
   * @throws IllegalArgumentException if it is not what {@link #encode} makes of any name
   */
  public static String decode(String encoded) {
    byte[] bytes = encoded.getBytes(StandardCharsets.UTF_8);
    ByteBuffer plain = ByteBuffer.allocate(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        plain.put(bytes[i]);
        continue;
      }
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new IllegalArgumentException("Not an encoded name: \"" + encoded + "\"");
      }
      plain.put((byte) (high << 4 | low));
      i += 2;
    }
    return decodeUtf8(plain.flip(), encoded);
  }

  /**
   * The name that a folder stands for, for example the project of {@code project=digits}; nothing
   * if it does not begin so, or if no name is encoded like that.
   */
  public static Optional<String> ofFolder(String begin, String folder) {
    if (!folder.startsWith(begin)) {
      return Optional.empty();
    }
    String encoded = folder.substring(begin.length());
    if (isWritten(encoded)) {
      return Optional.of(encoded);
    }
    try {
      String name = decode(encoded);
      return encode(name).equals(encoded) ? Optional.of(name) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Checks the name of a metric and returns it with unpaired surrogates replaced by U+FFFD.
   *
   * @throws IllegalArgumentException if it is empty, longer than {@link #METRIC_LIMIT_BYTES} or
   *     holds a control character
   */
  public static String metric(String name) {
    String clean = hasUnpairedSurrogate(name) ? replaceUnpaired(name) : name;
    if (clean.isEmpty()) {
      throw new IllegalArgumentException("The name of a metric is empty");
    }
    int bytes = clean.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > METRIC_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "The metric name \""
              + abbreviate(clean)
              + "\" is "
              + bytes
              + " bytes long; at most "
              + METRIC_LIMIT_BYTES);
    }
    if (clean.chars().anyMatch(Names::isControl)) {
      throw new IllegalArgumentException(
          "The metric name \"" + visible(clean) + "\" holds a control character");
    }
    return clean;
  }

  /* Whether a name is its own code, which most are: asked of each folder of a listing. */
  private static boolean isWritten(String name) {
    int length = name.length();
    if (length == 0 || length > KEY_LIMIT_BYTES || name.charAt(length - 1) == '.') {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (!isUnreserved(name.charAt(i))) {
        return false;
      }
    }
    return !name.equals(HIVE_NULL);
  }

  private static void checkPlain(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("The name is empty");
    }
    if (name.equals(".") || name.equals("..") || name.equals(HIVE_NULL)) {
      throw new IllegalArgumentException("The name \"" + name + "\" is reserved; choose another");
    }
    if (name.chars().anyMatch(Names::isControl)) {
      throw new IllegalArgumentException(
          "The name \"" + visible(name) + "\" holds a control character");
    }
    if (hasUnpairedSurrogate(name)) {
      throw new IllegalArgumentException(
          "The name \"" + visible(name) + "\" holds half a surrogate pair");
    }
  }

  private static boolean isControl(int c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
  }

  private static boolean isUnreserved(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  private static boolean hasUnpairedSurrogate(String text) {
    return !StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static String replaceUnpaired(String text) {
    StringBuilder replaced = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(replaced::appendCodePoint);
    return replaced.toString();
  }

  private static String visible(String text) {
    StringBuilder shown = new StringBuilder();
    for (char c : abbreviate(text).toCharArray()) {
      boolean hidden = isControl(c) || Character.isSurrogate(c);
      shown.append(hidden ? String.format(Locale.ROOT, "\\u%04x", (int) c) : String.valueOf(c));
    }
    return shown.toString();
  }

  private static String abbreviate(String text) {
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }

  private static String decodeUtf8(ByteBuffer bytes, String encoded) {
    try {
      CharBuffer text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(bytes);
      return text.toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("Not an encoded name: \"" + encoded + "\"", e);
    }
  }
}
