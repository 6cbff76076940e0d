package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.store.UnreachableException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AbsenceTest {
  private final UnreachableException silent =
      new UnreachableException("Cannot read a: ", "it is silent", new IOException("silence"));

  private final AtomicLong now = new AtomicLong(-1000);
  private final Absence absence = new Absence(now::get);

  @Test
  void aStoreIsAskedUntilItIsAway() {
    assertThat(absence.beforeAsking()).isNull();
    absence.asked(null);
    assertThat(absence.beforeAsking()).isNull();
    absence.asked(silent);
    assertThat(absence.beforeAsking()).isSameAs(silent);
  }

  @Test
  void afterAWhileOneAsksWhetherItIsBackAndNobodyWaitsForThat() {
    absence.asked(silent);
    now.addAndGet(Duration.ofSeconds(5).toNanos());
    assertThat(absence.beforeAsking()).isNull();
    assertThat(absence.beforeAsking()).isSameAs(silent);
    absence.asked(silent);
    assertThat(absence.beforeAsking()).isSameAs(silent);
    now.addAndGet(Duration.ofSeconds(5).toNanos());
    assertThat(absence.beforeAsking()).isNull();
    absence.asked(null);
    assertThat(absence.beforeAsking()).isNull();
    assertThat(absence.beforeAsking()).isNull();
  }
}
