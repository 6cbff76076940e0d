package io.ostraka.query.sql;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses calls that make one value of any length out of a number, such as the list {@code
 * range(1000000000)}. DuckDB makes such a list in one go: its limit of memory does not count it,
 * and it cannot be stopped meanwhile. As a table the same range is made row by row.
 *
 * <p>This is for slips, not for ill will: a list may still grow from one step of a statement to the
 * next.
 */
final class LongValues {
  private static final long LONGEST = 1_000_000;
  private static final long LONGEST_TEXT = 100_000_000;
  private static final Set<String> RANGES = Set.of("range", "generate_series");
  private static final Set<String> REPEATS = Set.of("repeat", "list_resize", "array_resize");
  private static final Set<String> PADS = Set.of("lpad", "rpad");

  private LongValues() {}

  /** Looks at a statement, as DuckDB's parser has it. */
  static void check(JsonNode node) throws SqlFailure {
    check(node, false);
  }

  /* Within another such call, or in a lambda, it would be made many times. */
  private static void check(JsonNode node, boolean isManyTimes) throws SqlFailure {
    boolean isTable = node.path("type").asText().equals("TABLE_FUNCTION");
    String function = node.path("function_name").asText().toLowerCase(Locale.ROOT);
    boolean isLong = RANGES.contains(function) || REPEATS.contains(function);
    if (isLong && (isManyTimes || !isShort(function, node.path("arguments")))) {
      throw new SqlFailure(
          function
              + "() makes one long value of numbers here, which no limit would stop; give it whole numbers up to 1,000,000 as they stand (texts: up to 100,000,000 bytes in all), and not within each other, or ask FROM range(…), which makes rows",
          List.of());
    }
    if (PADS.contains(function) && number(node.path("arguments").path(1)) > LONGEST_TEXT) {
      throw new SqlFailure(
          function
              + "() makes one long text here, which no limit would stop; give it a length up to 100,000,000",
          List.of());
    }
    boolean isLambda = node.path("class").asText().equals("LAMBDA");
    JsonNode children = isTable ? node.path("function").path("arguments") : node;
    for (JsonNode child : children) {
      check(child, isManyTimes || isLong || isLambda);
    }
  }

  private static boolean isShort(String function, JsonNode arguments) {
    boolean isRange = RANGES.contains(function);
    JsonNode first = literal(arguments.path(0));
    boolean isText = !isRange && first.path("kind").asText().equals("STRING");
    int numbers = 0;
    for (JsonNode argument : arguments) {
      double number = number(argument);
      if (isText
          ? number * first.path("text").asText().length() > LONGEST_TEXT
          : number > LONGEST) {
        return false;
      }
      numbers += number >= 0 ? 1 : 0;
    }
    return isRange ? numbers == arguments.size() : numbers > 0 || isText;
  }

  /* Without its sign; -1 for what is no whole number as it stands. */
  private static double number(JsonNode argument) {
    JsonNode literal = literal(argument);
    boolean isNumber = literal.path("kind").asText().equals("INTEGER");
    return isNumber ? Math.abs(literal.path("text").asDouble()) : -1;
  }

  private static JsonNode literal(JsonNode argument) {
    return argument.path("expression").path("literal");
  }
}
