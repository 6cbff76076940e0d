package io.ostraka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class StreamTest {
  @Test
  void numbersAndFoldersLeadBackToTheStream() {
    Set<Integer> numbers = new HashSet<>();
    for (Stream stream : Stream.values()) {
      assertThat(Stream.byNumber(stream.number())).contains(stream);
      assertThat(Stream.byFolder(stream.folder())).contains(stream);
      assertThat(numbers.add(stream.number())).isTrue();
    }
    assertThat(Stream.byNumber(0)).isEmpty();
    assertThat(Stream.byFolder("files")).isEmpty();
    assertThat(Stream.byFolder("METRICS")).isEmpty();
  }

  @Test
  void metricsAndSystemAreSeries() {
    assertThat(Stream.METRICS.isSeries()).isTrue();
    assertThat(Stream.SYSTEM.isSeries()).isTrue();
    assertThat(Stream.TEXTS.isSeries()).isFalse();
    assertThat(Stream.CONSOLE.isSeries()).isFalse();
  }

  @Test
  void stepsAreRequiredWhereTheFormatSaysSo() {
    assertThat(Stream.METRICS.stepRequired()).isTrue();
    assertThat(Stream.TEXTS.stepRequired()).isTrue();
    assertThat(Stream.CONSOLE.stepRequired()).isFalse();
    assertThat(Stream.SYSTEM.stepRequired()).isFalse();
  }
}
