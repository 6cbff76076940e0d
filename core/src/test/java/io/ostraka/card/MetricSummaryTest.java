package io.ostraka.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

final class MetricSummaryTest {
  private static MetricSummary of(long firstRow, double... values) {
    MetricSummary summary = new MetricSummary();
    for (int i = values.length - 1; i >= 0; i--) {
      summary.add(firstRow + i, values[i]);
    }
    return summary;
  }

  @Test
  void firstAndLastAreThoseOfTheLeastAndTheGreatestRowInWhateverOrder() {
    MetricSummary later = of(3, 5, Double.NaN);
    later.add(of(0, 7, 1, 2));
    ObjectNode json = later.json();
    assertThat(json.path("first").asDouble()).isEqualTo(7);
    assertThat(json.path("last").asDouble()).isNaN();
    assertThat(json.path("min").asDouble()).isEqualTo(1);
    assertThat(json.path("count").asLong()).isEqualTo(5);
  }

  @Test
  void aCardOfAnEarlierVersionAgreesWithoutAFirstValueAndAWrongOneDoesNot() {
    MetricSummary summary = of(0, 7, 1);
    ObjectNode said = summary.json();
    assertThat(summary.agreesWith(said)).isTrue();
    assertThat(summary.agreesWith(said.deepCopy().put("first", 8))).isFalse();
    said.remove("first");
    assertThat(summary.agreesWith(said)).isTrue();
  }
}
