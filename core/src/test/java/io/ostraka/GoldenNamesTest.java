package io.ostraka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The names that every language's tests read: {@code docs/golden/names.json}. */
final class GoldenNamesTest {
  private static JsonNode golden;

  @BeforeAll
  static void readTheFile() throws IOException {
    Path repository = Path.of(System.getProperty("ostraka.repository"));
    golden =
        JsonMapper.builder()
            .build()
            .readTree(repository.resolve("docs/golden/names.json").toFile());
  }

  @Test
  void namesBecomeTheSamePartsOfKeysAsInEveryLanguage() {
    assertThat(golden.path("keys").size()).isPositive();
    for (JsonNode pair : golden.path("keys")) {
      assertThat(Names.encode(pair.path(0).asText())).isEqualTo(pair.path(1).asText());
    }
  }

  @Test
  void theSameNamesAreRefused() {
    assertThat(golden.path("refused").size()).isPositive();
    for (JsonNode name : golden.path("refused")) {
      assertThatIllegalArgumentException()
          .as(name.toString())
          .isThrownBy(() -> Names.encode(name.asText()));
    }
  }

  @Test
  void theSameNamesOfMetricsAreTaken() {
    for (JsonNode pair : golden.path("metrics")) {
      assertThat(Names.metric(pair.path(0).asText())).isEqualTo(pair.path(1).asText());
    }
    for (JsonNode name : golden.path("metrics_refused")) {
      assertThatIllegalArgumentException()
          .as(name.toString())
          .isThrownBy(() -> Names.metric(name.asText()));
    }
  }
}
