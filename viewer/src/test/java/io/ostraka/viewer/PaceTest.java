package io.ostraka.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Duration QUICK = Duration.ofMillis(1);

  private final Pace pace = new Pace(Duration.ofMillis(200));

  @Test
  void aFolderIsLookedAtFiveTimesASecondAndHalfAsOftenWhereNothingMoves() {
    assertThat(pace.rest(true, QUICK, 0)).isEqualTo(Duration.ofMillis(200));
    Duration rest = Duration.ZERO;
    for (int look = 0; look < 60; look++) {
      rest = pace.rest(false, QUICK, 0);
    }
    assertThat(rest).isEqualTo(Duration.ofMillis(500));
    assertThat(pace.rest(true, QUICK, 0)).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void aSlowLookTakesABoundedShareOfTheTime() {
    assertThat(pace.rest(true, Duration.ofSeconds(2), 0)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void listingsThatCostMoneyAreARequestInThreeSecondsAtMost() {
    assertThat(pace.rest(true, QUICK, 1)).isEqualTo(Duration.ofSeconds(3));
    assertThat(pace.rest(true, QUICK, 6)).isEqualTo(Duration.ofSeconds(18));
    assertThat(pace.rest(true, QUICK, 500)).isEqualTo(Duration.ofMinutes(1));
    Duration rest = Duration.ZERO;
    for (int look = 0; look < 30; look++) {
      rest = pace.rest(false, QUICK, 6);
    }
    assertThat(rest).isEqualTo(Duration.ofSeconds(36));
  }
}
