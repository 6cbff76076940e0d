package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RootTest {
  private static final Path BASE = Path.of("/home/me");

  @ParameterizedTest
  @CsvSource({"runs,/home/me/runs", "../x/./runs,/home/x/runs", "/data/runs,/data/runs"})
  void aPathIsAFolderFromWhereThePersonIs(String text, String folder) {
    Root root = Root.of(text, BASE);
    assertThat(root.folder()).contains(Path.of(folder));
    assertThat(root.shown()).isEqualTo(folder);
    assertThat(Path.of(root.uri())).isEqualTo(Path.of(folder));
  }

  @ParameterizedTest
  @CsvSource({
    "s3://runs,s3://runs",
    "s3://runs/,s3://runs",
    "s3://runs/team/,s3://runs/team",
    "s3://runs/team a,s3://runs/team%20a"
  })
  void anAddressOfABucketIsABucket(String text, String uri) {
    Root root = Root.of(text, BASE);
    assertThat(root.folder()).isEmpty();
    assertThat(root.uri()).isEqualTo(URI.create(uri));
  }

  @Test
  void anAddressOfAFileIsAFolder() {
    assertThat(Root.of("file:///data/my%20runs", BASE).shown()).isEqualTo("/data/my runs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://host/runs", "gs://bucket", "s3://a^b"})
  void anythingElseIsAWrongCall(String text) {
    assertThatThrownBy(() -> Root.of(text, BASE))
        .isInstanceOf(WrongCall.class)
        .hasMessageContaining(text);
  }
}
