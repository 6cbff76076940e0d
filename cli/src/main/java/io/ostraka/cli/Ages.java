package io.ostraka.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as a person reads them. */
final class Ages {
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  private Ages() {}

  /** How long ago something was. */
  static String ago(Instant then, Instant now) {
    Duration age = Duration.between(then, now);
    if (age.toMinutes() < 1) {
      return "just now";
    }
    if (age.toHours() < 1) {
      return age.toMinutes() + " min ago";
    }
    return age.toDays() < 2 ? age.toHours() + " h ago" : age.toDays() + " days ago";
  }

  /** When something was, by the clock of whoever reads it, and how long ago. */
  static String when(Instant then, Instant now) {
    return SECOND.format(then.atZone(ZoneId.systemDefault())) + " (" + ago(then, now) + ")";
  }

  /** How long something took, in its two largest units. */
  static String length(Duration length) {
    Duration whole = length.isNegative() ? Duration.ZERO : length;
    if (whole.toMinutes() < 1) {
      return String.format(Locale.ROOT, "%.1f s", whole.toMillis() / 1e3);
    }
    if (whole.toHours() < 1) {
      return whole.toMinutes() + " min " + whole.toSecondsPart() + " s";
    }
    return whole.toDays() < 1
        ? whole.toHours() + " h " + whole.toMinutesPart() + " min"
        : whole.toDays() + " days " + whole.toHoursPart() + " h";
  }
}
