package io.ostraka.query.sql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What DuckDB says of a statement, for the person who wrote it. */
final class DuckDbErrors {
  private static final Pattern LINE = Pattern.compile("^LINE (\\d+): ");

  /** Errors that no file is the reason of; a damaged one can make nearly any other. */
  private static final List<String> OF_THE_STATEMENT =
      List.of(
          "Parser Error",
          "Binder Error",
          "Catalog Error",
          "Conversion Error",
          "Out of Range Error",
          "Out of Memory Error",
          "INTERRUPT Error",
          "Permission Error",
          "Not implemented Error");

  private DuckDbErrors() {}

  /** Whether a file may be the reason. */
  static boolean mayBeAFile(SQLException error) {
    String message = String.valueOf(error.getMessage());
    boolean isFull = message.contains("No space left on device");
    return !isFull && OF_THE_STATEMENT.stream().noneMatch(message::startsWith);
  }

  static SqlFailure failure(SQLException error) {
    return failure(error, 0);
  }

  /**
   * The failure of a statement.
   *
   * @param linesBefore how many lines DuckDB was given before the person's first
   */
  static SqlFailure failure(SQLException error, int linesBefore) {
    List<String> lines = String.valueOf(error.getMessage()).lines().toList();
    List<String> said = new ArrayList<>();
    List<String> where = new ArrayList<>();
    for (String line : lines) {
      Matcher place = LINE.matcher(line);
      if (place.find()) {
        String head = "LINE " + (Integer.parseInt(place.group(1)) - linesBefore) + ": ";
        where.add(head + line.substring(place.end()));
      } else if (!where.isEmpty()) {
        where.add(line);
      } else if (!line.isBlank()) {
        said.add(line.strip());
      }
    }
    if (!said.isEmpty() && said.get(0).startsWith("INTERRUPT Error")) {
      return new SqlFailure("The statement was ended before its answer was whole", List.of());
    }
    return new SqlFailure(String.join(" ", said) + advice(said), where);
  }

  private static String advice(List<String> said) {
    String first = said.isEmpty() ? "" : said.get(0);
    if (first.startsWith("Catalog Error: Table")) {
      return " (SHOW TABLES lists the views)";
    }
    if (first.startsWith("Binder Error: Referenced column")) {
      return " (DESCRIBE and a view's name lists its columns)";
    }
    if (first.startsWith("Out of Memory Error")) {
      return " (ask for less: fewer columns, a filter on project, run or name, or a smaller group)";
    }
    return "";
  }
}
