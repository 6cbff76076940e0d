package io.ostraka.viewer;

import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.query.Axis;
import io.ostraka.query.Range;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The query parameters of one request, each checked as it is read. */
final class Parameters {
  /* More digits or greater exponents than doubles have name no place on an axis and would make huge
   * numbers. */
  private static final int LONGEST_NUMBER = 40;
  private static final int GREATEST_EXPONENT = 400;

  private static final char UNDECODABLE = '\ufffd';

  /** What stands before the name of a metric that is the x axis. */
  static final String X_METRIC = "metric:";

  private final Map<String, List<String>> values = new LinkedHashMap<>();

  private Parameters() {}

  /**
   * Reads a query.
   *
   * @param query the part of the URI after the question mark, as it was sent
   * @param known the parameters that the path has; any other is refused, lest a misspelt one seem
   *     to work
   */
  static Parameters parse(@Nullable String query, Set<String> known) throws Refusal {
    Parameters parameters = new Parameters();
    if (query == null || query.isEmpty()) {
      return parameters;
    }
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      if (!known.contains(name)) {
        throw Refusal.badRequest(
            "There is no parameter \"" + name + "\" here; there are " + sorted(known));
      }
      parameters.values.computeIfAbsent(name, one -> new ArrayList<>()).add(value);
    }
    return parameters;
  }

  /** All values of a parameter that may be repeated; empty if there is none. */
  List<String> texts(String name) {
    return values.getOrDefault(name, List.of());
  }

  @Nullable String textOrNull(String name) throws Refusal {
    List<String> found = texts(name);
    if (found.size() > 1) {
      throw Refusal.badRequest(name + " is given " + found.size() + " times; give it once");
    }
    return found.isEmpty() ? null : found.get(0);
  }

  String text(String name) throws Refusal {
    String found = textOrNull(name);
    if (found == null || found.isEmpty()) {
      throw Refusal.badRequest("The parameter " + name + " is missing");
    }
    return found;
  }

  int number(String name, int otherwise) throws Refusal {
    Long found = numberOrNull(name);
    if (found == null) {
      return otherwise;
    }
    if (found != found.intValue()) {
      throw Refusal.badRequest(name + " = " + found + " is out of range");
    }
    return found.intValue();
  }

  @Nullable Long numberOrNull(String name) throws Refusal {
    String found = textOrNull(name);
    if (found == null) {
      return null;
    }
    try {
      return Long.valueOf(found);
    } catch (NumberFormatException e) {
      throw Refusal.badRequest(name + " = \"" + found + "\" is not a whole number");
    }
  }

  Stream stream() throws Refusal {
    String found = textOrNull("stream");
    if (found == null) {
      return Stream.METRICS;
    }
    return Stream.byFolder(found)
        .filter(Stream::isSeries)
        .orElseThrow(
            () -> Refusal.badRequest("stream = \"" + found + "\" is not metrics or system"));
  }

  /** The metric that x is, or null if x is step or a time. */
  @Nullable String xMetric() throws Refusal {
    String found = textOrNull("x");
    return found != null && found.startsWith(X_METRIC) && found.length() > X_METRIC.length()
        ? found.substring(X_METRIC.length())
        : null;
  }

  Axis axis() throws Refusal {
    String found = textOrNull("x");
    if (found == null) {
      return Axis.STEP;
    }
    return Axis.parse(found)
        .orElseThrow(
            () -> Refusal.badRequest("x = \"" + found + "\" is not step, time or relative"));
  }

  /** One of a few words, which are the constants of an enum in small letters. */
  <E extends Enum<E>> E choice(String name, E otherwise) throws Refusal {
    String found = textOrNull(name);
    if (found == null) {
      return otherwise;
    }
    List<String> words = new ArrayList<>();
    for (E one : otherwise.getDeclaringClass().getEnumConstants()) {
      String word = one.name().toLowerCase(Locale.ROOT);
      if (word.equals(found)) {
        return one;
      }
      words.add(word);
    }
    String last = words.remove(words.size() - 1);
    throw Refusal.badRequest(
        name + " = \"" + found + "\" is not " + String.join(", ", words) + " or " + last);
  }

  @Nullable WriterId writer() throws Refusal {
    String found = textOrNull("writer");
    if (found == null) {
      return null;
    }
    if (!WriterId.isWriterId(found)) {
      throw Refusal.badRequest("writer = \"" + found + "\" is not a writer id");
    }
    return new WriterId(found);
  }

  Range range() throws Refusal {
    return new Range(decimal("from"), decimal("to"));
  }

  private @Nullable BigDecimal decimal(String name) throws Refusal {
    String found = textOrNull(name);
    if (found == null) {
      return null;
    }
    try {
      if (found.length() <= LONGEST_NUMBER) {
        BigDecimal decimal = new BigDecimal(found);
        if (Math.abs((long) decimal.scale()) > GREATEST_EXPONENT) {
          throw Refusal.badRequest(name + " = " + found + " is out of range");
        }
        return decimal;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw Refusal.badRequest(name + " = \"" + found + "\" is not a number");
  }

  private static String decode(String encoded) throws Refusal {
    String decoded;
    try {
      decoded = URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest("The parameter \"" + encoded + "\" is not percent-encoded text");
    }
    // The decoder puts this character where bytes are no UTF-8; who means it has its three bytes.
    boolean isBroken = decoded.indexOf(UNDECODABLE) >= 0 && !isItself(encoded);
    if (isBroken) {
      throw Refusal.badRequest("The parameter \"" + encoded + "\" is not percent-encoded UTF-8");
    }
    return decoded;
  }

  private static boolean isItself(String encoded) {
    byte[] bytes =
        URLDecoder.decode(encoded, StandardCharsets.ISO_8859_1)
            .getBytes(StandardCharsets.ISO_8859_1);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static String sorted(Set<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names.stream().sorted().toList());
  }
}
