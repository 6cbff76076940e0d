package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PackedJsonTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "true",
        "\"\"",
        "{\"lr\":0.001,\"layers\":[64,64,10],\"optimizer\":{\"name\":\"adam\",\"amp\":false}}",
        "{\"a\":{\"a\":{\"a\":[{\"a\":null}]}},\"b\":\"a\"}",
        "{\"\":1,\" \":2,\"größe\":\"ü😀\",\"a.b\":\"c\\nd\"}",
        "[0,-1,2147483647,-2147483648,2147483648,9223372036854775807,-9223372036854775808]",
        "[9223372036854775808,-123456789012345678901234567890]",
        "[0.1,-0.0,5e-324,1.7976931348623157e308,1.0,100.0]",
      })
  void whatWasPackedIsReadAsItWas(String text) throws IOException {
    JsonNode json = MAPPER.readTree(text);
    PackedWriter out = new PackedWriter();
    out.json(json);
    out.json(json);
    PackedReader in = new PackedReader(out.toBytes());
    assertThat(in.json()).isEqualTo(json).hasToString(json.toString());
    assertThat(in.json()).isEqualTo(json).hasToString(json.toString());
  }

  @Test
  void aNumberOfMoreDigitsThanADoubleHasKeepsThem() throws IOException {
    JsonNode json =
        MAPPER
            .reader(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .readTree("0.1234567890123456789012345678901234567890");
    PackedWriter out = new PackedWriter();
    out.json(json);
    assertThat(new PackedReader(out.toBytes()).json()).isEqualTo(json);
  }

  @Test
  void anyChangedBitIsNoticed() throws IOException {
    PackedWriter out = new PackedWriter();
    out.json(MAPPER.readTree("{\"lr\":0.001,\"name\":\"a\"}"));
    byte[] whole = out.toBytes();
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> new PackedReader(damaged)).isInstanceOf(IOException.class);
    }
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> new PackedReader(cut)).isInstanceOf(IOException.class);
    }
  }
}
