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
  private static final Set<String> RANGES = Set.of("range", "generate_series");
  private static final Set<String> REPEATS = Set.of("repeat", "list_resize", "array_resize");

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
              + "() makes one long value of numbers here, which no limit would stop; give it whole numbers up to 1,000,000 as they stand, and not within each other, or ask FROM range(…), which makes rows",
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
    // Texts are within the limit of memory.
    boolean isOfText = literal(arguments.path(0)).path("kind").asText().equals("STRING");
    int numbers = 0;
    for (JsonNode argument : arguments) {
      boolean isNumber = literal(argument).path("kind").asText().equals("INTEGER");
      if (isNumber && Math.abs(literal(argument).path("text").asDouble()) > LONGEST) {
        return isOfText && !isRange;
      }
      numbers += isNumber ? 1 : 0;
    }
    return isRange ? numbers == arguments.size() : numbers > 0 || isOfText;
  }

  private static JsonNode literal(JsonNode argument) {
    return argument.path("expression").path("literal");
  }
}
