package io.ostraka.viewer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entity tags (RFC 9110 §8.8.3), by which a client that has an answer already is told that it is
 * still the one. All are weak: an answer is the same whether it is compressed or not.
 */
final class EntityTag {
  private static final int LENGTH = 32;

  private EntityTag() {}

  /** The tag of what these parts identify. */
  static String of(String... parts) {
    return of(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
  }

  /** The tag of these bytes. */
  static String of(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "W/\"" + HexFormat.of().formatHex(hash).substring(0, LENGTH) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java runtime has SHA-256", e);
    }
  }

  /**
   * Whether a client has what a tag is of.
   *
   * @param held its {@code If-None-Match} header, null if it sent none
   */
  static boolean isAmong(@Nullable List<String> held, String tag) {
    return held != null
        && held.stream()
            .flatMap(line -> Arrays.stream(line.split(",", -1)))
            .map(String::strip)
            .anyMatch(one -> one.equals("*") || opaque(one).equals(opaque(tag)));
  }

  /* Tags are compared weakly for If-None-Match (RFC 9110 §13.1.2). */
  private static String opaque(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }
}
