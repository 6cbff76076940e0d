package io.ostraka.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipTest {
  private static byte[] decompressed(byte[] body) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1025, 32_767, 32_768, 32_769, 65_536, 1_000_003})
  void anyBodyIsWhatItWas(int length) throws IOException {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    assertThat(decompressed(Gzip.compress(noise))).isEqualTo(noise);
    byte[] zeros = new byte[length];
    assertThat(decompressed(Gzip.compress(zeros))).isEqualTo(zeros);
    byte[] text =
        "{\"run\":\"one\",\"last\":0.5}\n".repeat(length / 25).getBytes(StandardCharsets.UTF_8);
    byte[] compressed = Gzip.compress(text);
    assertThat(decompressed(compressed)).isEqualTo(text);
    assertThat(compressed.length).isLessThan(100 + text.length / 50);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 40})
  void numbersOfManyLinesBecomeSmaller(int lines) throws IOException {
    Random random = new Random(1);
    ByteBuffer numbers = ByteBuffer.allocate(lines * 24_000);
    while (numbers.hasRemaining()) {
      boolean isCount = numbers.position() % 24_000 < 8_000;
      numbers.putFloat(isCount ? 100 : (float) random.nextGaussian());
    }
    byte[] compressed = Gzip.compress(numbers.array());
    assertThat(decompressed(compressed)).isEqualTo(numbers.array());
    assertThat(compressed.length).isLessThan(numbers.capacity() * 3 / 4);
  }
}
