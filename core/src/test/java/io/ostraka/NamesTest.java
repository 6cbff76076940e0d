package io.ostraka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {
  @ParameterizedTest
  @CsvSource({
    "digits, digits",
    "mlp-64_v1.0, mlp-64_v1.0",
    "a b, a%20b",
    "a/b, a%2Fb",
    "50%, 50%25",
    "%2F, %252F",
    "a=b, a%3Db",
    "'a,b:c*d?', a%2Cb%3Ac%2Ad%3F",
    "dots..., dots..%2E",
    ".hidden, .hidden",
    "Größe, Größe",
    "😀, 😀",
    "字, 字",
    "back\\slash, back%5Cslash"
  })
  void aNameIsEncodedAndDecoded(String name, String encoded) {
    assertThat(Names.encode(name)).isEqualTo(encoded);
    assertThat(Names.decode(encoded)).isEqualTo(name);
  }

  @Test
  void namesThatLookTheSameAreTheSame() {
    String composed = "Größe";
    String decomposed = Normalizer.normalize(composed, Normalizer.Form.NFD);
    assertThat(decomposed).isNotEqualTo(composed);
    assertThat(Names.encode(decomposed)).isEqualTo(Names.encode(composed));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "__HIVE_DEFAULT_PARTITION__",
        "a\nb",
        "a\0",
        "\u007f",
        "\u0085",
        "\ud800",
        "\udc00x"
      })
  void aNameThatIsNoneIsRefused(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> Names.encode(name));
  }

  @Test
  void aRefusalShowsTheNameWithoutItsControlCharacters() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Names.encode("a\nb"))
        .withMessage("The name \"a\\u000ab\" holds a control character");
  }

  @Test
  void theLimitIsInBytesOfTheEncodedName() {
    assertThat(Names.encode("x".repeat(200))).hasSize(200);
    assertThat(Names.encode("ö".repeat(100))).hasSize(100);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Names.encode("x".repeat(201)))
        .withMessage(
            "The name \""
                + "x".repeat(57)
                + "...\" is 201 bytes long when encoded; at most 200 fit"
                + " a file name");
    assertThatIllegalArgumentException().isThrownBy(() -> Names.encode("ö".repeat(101)));
    assertThatIllegalArgumentException().isThrownBy(() -> Names.encode("/".repeat(67)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%2", "a%zz", "%C3", "%FF", "%ED%A0%80"})
  void whatIsNoEncodedNameIsRefused(String encoded) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Names.decode(encoded))
        .withMessage("Not an encoded name: \"" + encoded + "\"");
  }

  @Test
  void anyNameReadsBackAndIsOnePartOfAKey() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int turn = 0; turn < 5000; turn++) {
      String name = anyName(random);
      String encoded = Names.encode(name);
      String which = "seed " + seed + ": " + name;
      assertThat(Names.decode(encoded)).as(which).isEqualTo(name);
      assertThat(encoded).as(which).doesNotContain("/", "=", "\\", " ").doesNotEndWith(".");
      assertThat(encoded.getBytes(StandardCharsets.UTF_8).length).as(which).isLessThan(201);
    }
  }

  @Test
  void aMetricMayHaveAnythingButControlCharacters() {
    assertThat(Names.metric("train/loss (%) = 😀")).isEqualTo("train/loss (%) = 😀");
    assertThat(Names.metric("half \ud800 pair")).isEqualTo("half \ufffd pair");
    assertThat(Names.metric("x".repeat(1024))).hasSize(1024);
    assertThatIllegalArgumentException().isThrownBy(() -> Names.metric(""));
    assertThatIllegalArgumentException().isThrownBy(() -> Names.metric("a\tb"));
    assertThatIllegalArgumentException().isThrownBy(() -> Names.metric("ö".repeat(513)));
  }

  private static String anyName(Random random) {
    StringBuilder name = new StringBuilder("x");
    int length = random.nextInt(15);
    for (int i = 0; i < length; i++) {
      int point =
          random.nextInt(3) == 0 ? 0xa0 + random.nextInt(0x1f000) : 0x20 + random.nextInt(0x5f);
      if (Character.isDefined(point) && (point < 0xd800 || point > 0xdfff)) {
        name.appendCodePoint(point);
      }
    }
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }
}
