package io.ostraka.query.filter;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Moments and spans of time as people write them; where no zone is said it is UTC. */
final class Moments {
  private static final Pattern SPAN = Pattern.compile("([0-9]{1,9}(?:[.][0-9]{1,9})?)([smhdw])");
  private static final Map<String, Double> SECONDS =
      Map.of("s", 1.0, "m", 60.0, "h", 3600.0, "d", 86_400.0, "w", 604_800.0);
  private static final List<Function<String, Instant>> FORMS =
      List.of(
          text -> OffsetDateTime.parse(text).toInstant(),
          text -> LocalDateTime.parse(text).toInstant(ZoneOffset.UTC),
          text -> LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC));

  private Moments() {}

  /** A span such as {@code 90m}, in seconds; null if it is none. */
  static Value.@Nullable Real seconds(String text) {
    Matcher span = SPAN.matcher(text);
    return span.matches()
        ? new Value.Real(
            Double.parseDouble(span.group(1)) * SECONDS.getOrDefault(span.group(2), 1.0))
        : null;
  }

  static Instant before(Instant now, double seconds) {
    return now.minus(Duration.ofMillis(Math.round(seconds * 1e3)));
  }

  /** A moment such as {@code 2026-11-21T10:30Z} or {@code 2026-11-21}; null if it is none. */
  static @Nullable Instant parse(String text, Instant now) {
    if (text.equals("now")) {
      return now;
    }
    for (Function<String, Instant> form : FORMS) {
      try {
        return form.apply(text.replace(' ', 'T'));
      } catch (DateTimeException e) {
        // Perhaps in another form.
      }
    }
    return null;
  }
}
