package io.ostraka.query.filter;

import java.util.List;
import java.util.stream.Collectors;

/** The name of one value of a run. */
public sealed interface Field {
  /** As a filter has it; parsing that gives the same field. */
  String text();

  /**
   * Reads one field.
   *
   * @throws FilterSyntaxException if that is something else
   */
  static Field parse(String text) {
    Scanner scanner = new Scanner("field", text);
    Field field = scanner.field();
    scanner.end();
    return field;
  }

  /**
   * Reads fields with commas between them.
   *
   * @throws FilterSyntaxException if they are something else
   */
  static List<Field> parseList(String text) {
    return new Scanner("list of columns", text).list(Scanner::field);
  }

  /**
   * What every run has.
   *
   * @param fact which of it
   */
  record OfRun(Fact fact) implements Field {
    @Override
    public String text() {
      return fact.text();
    }
  }

  /**
   * A value of the configuration.
   *
   * @param path the keys to it, the outermost first
   */
  record Config(List<String> path) implements Field {
    /** Keeps its own copy. */
    public Config {
      path = List.copyOf(path);
    }

    @Override
    public String text() {
      return "config" + dotted(path);
    }
  }

  /**
   * A value that a person set as the outcome, or a number about a metric.
   *
   * @param path the keys to it, or the metric's name and which number of it
   */
  record Summary(List<String> path) implements Field {
    /** Keeps its own copy. */
    public Summary {
      path = List.copyOf(path);
    }

    @Override
    public String text() {
      return "summary" + dotted(path);
    }
  }

  private static String dotted(List<String> path) {
    return path.stream().map(part -> "." + Scanner.quotedPart(part)).collect(Collectors.joining());
  }
}
