package io.ostraka.card;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CardTimeTest {
  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00Z, 2026-01-01T00:00:00Z",
    "2024-02-29T23:59:59.5Z, 2024-02-29T23:59:59.500Z",
    "2026-07-31T12:34:56.123456789Z, 2026-07-31T12:34:56.123456789Z",
    "2026-01-01T01:30:00+01:30, 2026-01-01T00:00:00Z",
    "2026-01-01T00:00Z, 2026-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999Z, 1969-12-31T23:59:59.999999Z"
  })
  void aTimeIsRead(String text, Instant time) {
    assertThat(CardTime.parse(text)).contains(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00.1234567890Z",
        "٢٠٢٦-01-01T00:00:00Z"
      })
  void anotherTextIsNone(String text) {
    assertThat(CardTime.parse(text)).isEmpty();
  }

  @Test
  void isWhatTheGeneralParserSaysWhateverTheText() {
    long seed = Long.getLong("ostraka.seed", System.nanoTime());
    Random random = new Random(seed);
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      String text = almostATime(random);
      Optional<Instant> time = CardTime.parse(text);
      assertThat(time).as("seed %d: %s", seed, text).isEqualTo(byGeneralParser(text));
      read += time.isPresent() ? 1 : 0;
    }
    assertThat(read).isBetween(5_000, 18_000);
  }

  private static String almostATime(Random random) {
    long second = random.nextLong(-5_000_000_000L, 50_000_000_000L);
    int nanos = random.nextBoolean() ? 0 : random.nextInt(1_000_000_000);
    StringBuilder text = new StringBuilder(Instant.ofEpochSecond(second, nanos).toString());
    if (random.nextBoolean()) {
      int at = random.nextInt(text.length());
      String characters = "0123456789-:.TZ+";
      char other = characters.charAt(random.nextInt(characters.length()));
      switch (random.nextInt(3)) {
        case 0 -> text.setCharAt(at, other);
        case 1 -> text.insert(at, other);
        default -> text.deleteCharAt(at);
      }
    }
    return text.toString();
  }

  private static Optional<Instant> byGeneralParser(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
