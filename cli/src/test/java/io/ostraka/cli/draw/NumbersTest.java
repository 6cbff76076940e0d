package io.ostraka.cli.draw;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, 0",
    "12345678, 12345678",
    "0.123456789, 0.12346",
    "0.00012, 0.00012",
    "0.0000123456, 1.2346e-5",
    "-2.5e20, -2.5e20",
    "1234567.89, 1234600",
    "NaN, NaN",
    "-Infinity, -Infinity"
  })
  void aTableHasFiveDigitsAndWholeNumbersAsTheyAre(double value, String text) {
    assertThat(Numbers.text(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 0.1",
    "1e-5, 1e-5",
    "3, 3.0",
    "1e20, 1e20",
    "0.30000000000000004, 0.30000000000000004"
  })
  void anExactTextReadsBackAsTheSameNumber(double value, String text) {
    assertThat(Numbers.exact(value)).isEqualTo(text);
    assertThat(Double.parseDouble(Numbers.exact(value))).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 0, 1, 0.5",
    "1000.0005, 1000, 1000.001, 1000.0005",
    "1e-17, -1, 1, 0",
    "3, 3, 3, 3"
  })
  void anAxisHasDigitsEnoughToTellItsEndsApart(double value, double low, double high, String text) {
    assertThat(Numbers.label(value, low, high)).isEqualTo(text);
  }
}
