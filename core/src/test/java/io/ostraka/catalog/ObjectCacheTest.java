package io.ostraka.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ObjectCacheTest {
  private static final Instant START = Instant.parse("2026-11-21T10:15:00Z");

  private final ObjectCache<Integer> cache = new ObjectCache<>();
  private int reads;

  /** A card of a length that was written at a second, by a listing five seconds later. */
  private int seldom(long sizeBytes, long writtenSecond, long listedSecond) throws IOException {
    StoredObject object =
        new StoredObject("writer.json", sizeBytes, START.plusSeconds(writtenSecond));
    return cache.getSeldom(object, START.plusSeconds(listedSecond), it -> ++reads);
  }

  @Test
  void aSignOfLifeIsReadEveryFewMinutes() throws IOException {
    for (int second = 0; second < 170; second += 10) {
      assertThat(seldom(500, second, second + 5)).isEqualTo(1);
    }
    assertThat(seldom(500, 200, 205)).isEqualTo(2);
  }

  @Test
  void anotherLengthOrAnEndOfTheSignsIsReadAtOnce() throws IOException {
    assertThat(seldom(500, 0, 5)).isEqualTo(1);
    assertThat(seldom(501, 10, 15)).isEqualTo(2);
    assertThat(seldom(501, 20, 25)).isEqualTo(2);
    assertThat(seldom(501, 20, 45)).isEqualTo(3);
    assertThat(seldom(501, 20, 65)).isEqualTo(3);
  }

  @Test
  void whatWasJustWrittenIsReadAgain() throws IOException {
    StoredObject fresh = new StoredObject("meta.json", 10, START);
    Instant soon = START.plus(Duration.ofSeconds(1));
    assertThat(cache.get(fresh, soon, it -> ++reads)).isEqualTo(1);
    assertThat(cache.get(fresh, soon.plusSeconds(5), it -> ++reads)).isEqualTo(2);
    assertThat(cache.get(fresh, soon.plusSeconds(9), it -> ++reads)).isEqualTo(2);
  }
}
