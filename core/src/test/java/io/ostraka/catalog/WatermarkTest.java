package io.ostraka.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ostraka.Stream;
import io.ostraka.WriterId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WatermarkTest {
  private static final WriterId ZERO = new WriterId("r000000-9f1c0a77d2e4b581");
  private static final WriterId ONE = new WriterId("r000001-0000000000000000");

  @Test
  void whoHasTakenInNothingIsBeforeTheFirstRow() {
    assertThat(Watermark.none().row(ZERO, Stream.METRICS)).isEqualTo(-1);
    assertThat(Watermark.none().format()).isEmpty();
    assertThat(Watermark.parse("")).isEqualTo(Watermark.none());
  }

  @Test
  void rowsAreKeptByWriterAndStream() {
    Watermark watermark =
        Watermark.none()
            .with(ONE, Stream.SYSTEM, 4)
            .with(ZERO, Stream.METRICS, 2999)
            .with(ONE, Stream.METRICS, 0);
    assertThat(watermark.row(ZERO, Stream.METRICS)).isEqualTo(2999);
    assertThat(watermark.row(ZERO, Stream.SYSTEM)).isEqualTo(-1);
    assertThat(watermark.row(ONE, Stream.METRICS)).isZero();
    assertThat(watermark.row(ONE, Stream.SYSTEM)).isEqualTo(4);
  }

  @Test
  void itsTextNeedsNoEscapesInAUrlAndReadsBack() {
    Watermark watermark =
        Watermark.none()
            .with(ONE, Stream.SYSTEM, 4)
            .with(ONE, Stream.METRICS, 7)
            .with(ZERO, Stream.METRICS, 999_999_999_999L);
    assertThat(watermark.format())
        .isEqualTo("r000000-9f1c0a77d2e4b581.1.999999999999~r000001-0000000000000000.1.7.4.4")
        .matches("[A-Za-z0-9._~-]*");
    assertThat(Watermark.parse(watermark.format())).isEqualTo(watermark);
  }

  @Test
  void itNeverGoesBack() {
    Watermark watermark = Watermark.none().with(ZERO, Stream.METRICS, 10);
    assertThat(watermark.with(ZERO, Stream.METRICS, 9)).isEqualTo(watermark);
  }

  @Test
  void itDoesNotChange() {
    Watermark watermark = Watermark.none().with(ZERO, Stream.METRICS, 10);
    watermark.with(ZERO, Stream.METRICS, 11);
    watermark.with(ONE, Stream.METRICS, 11);
    assertThat(watermark.format()).isEqualTo("r000000-9f1c0a77d2e4b581.1.10");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "~",
        "r000000-9f1c0a77d2e4b581",
        "r000000-9f1c0a77d2e4b581.1",
        "r000000-9f1c0a77d2e4b581.1.-1",
        "r000000-9f1c0a77d2e4b581.9.1",
        "r000000-9f1c0a77d2e4b581.999999999999.1",
        "r000000-9f1c0a77d2e4b581.1.1.2",
        "r000000-9f1c0a77d2e4b581.1.9999999999999",
        "r000000-9f1c0a77d2e4b581.1.1~"
      })
  void anotherTextIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Watermark.parse(text))
        .withMessageStartingWith(
            "Not a watermark: \"" + text.substring(0, Math.min(40, text.length())));
  }
}
