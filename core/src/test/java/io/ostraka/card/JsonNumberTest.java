package io.ostraka.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonNumberTest {
  @ParameterizedTest
  @ValueSource(
      doubles = {0, -1.5, 1e300, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aNumberReadsBackAsItself(double value) {
    assertThat(JsonNumber.isNumber(JsonNumber.of(value))).isTrue();
    assertThat(Double.compare(JsonNumber.parse(JsonNumber.of(value)), value)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "nan", "inf", "", "Infinity "})
  void anyOtherTextIsNoNumber(String text) {
    assertThat(JsonNumber.isNumber(JsonNodeFactory.instance.textNode(text))).isFalse();
    assertThat(JsonNumber.parse(JsonNodeFactory.instance.textNode(text))).isNaN();
    assertThat(JsonNumber.isNumber(MissingNode.getInstance())).isFalse();
  }
}
