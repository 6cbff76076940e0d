package io.ostraka.cli;

import picocli.CommandLine.Option;

/** The option that says whether a person or a program reads the output. */
final class FormatOption {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table or json. Not given: ${DEFAULT-VALUE}.")
  private String format = "table";

  boolean isJson() {
    return switch (format) {
      case "table" -> false;
      case "json" -> true;
      default ->
          throw new WrongCall("There is no format " + format + " here; there are table, json");
    };
  }
}
