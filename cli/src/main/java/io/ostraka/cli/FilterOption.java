package io.ostraka.cli;

import io.ostraka.query.filter.Filter;
import io.ostraka.query.filter.FilterSyntaxException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says which runs a command takes. */
final class FilterOption {
  @Option(
      names = "--filter",
      paramLabel = "EXPRESSION",
      description = "Only runs that match, such as 'state = finished and config.lr < 0.1'.")
  private @Nullable String filter;

  /** What was typed; null if nothing was. */
  @Nullable String text() {
    return filter;
  }

  Filter parse(Surroundings here) {
    return parsed(
        here, () -> filter == null ? Filter.none() : Filter.parse(filter, here.clock().instant()));
  }

  /** What a parser makes of what a person typed; where it makes nothing, it shows the place. */
  static <T> T parsed(Surroundings here, Supplier<T> parser) {
    try {
      return parser.get();
    } catch (FilterSyntaxException e) {
      here.err().println(e.caret());
      throw new WrongCall(Failure.line(e));
    }
  }
}
