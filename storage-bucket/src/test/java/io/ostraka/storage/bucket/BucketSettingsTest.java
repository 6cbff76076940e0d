package io.ostraka.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BucketSettingsTest {
  private static final Path HOME = Path.of("/home/me/.cache");

  @Test
  void variablesOfAwsAndOursAreRead() {
    BucketSettings settings =
        BucketSettings.of(
            Map.of(
                "AWS_DEFAULT_REGION", "eu-west-1",
                "AWS_ENDPOINT_URL", "http://other:1",
                "AWS_ENDPOINT_URL_S3", "https://s3.example.org",
                "AWS_ACCESS_KEY_ID", "id",
                "AWS_SECRET_ACCESS_KEY", "secret",
                "AWS_PROFILE", "",
                "OSTRAKA_S3_PATH_STYLE", "0",
                "OSTRAKA_S3_STORAGE_CLASS", "STANDARD_IA",
                "OSTRAKA_CACHE_LIMIT", "1000"),
            HOME);
    assertThat(settings.region()).contains("eu-west-1");
    assertThat(settings.endpoint()).contains(URI.create("https://s3.example.org"));
    assertThat(settings.keys().orElseThrow().id()).isEqualTo("id");
    assertThat(settings.profile()).isEmpty();
    assertThat(settings.pathStyle()).contains(false);
    assertThat(settings.anonymous()).isFalse();
    assertThat(settings.storageClass()).contains("STANDARD_IA");
    assertThat(settings.cache()).isEqualTo(HOME.resolve("ostraka-cache"));
    assertThat(settings.cacheBytes()).isEqualTo(1000);
  }

  @Test
  void theSecretIsNotPrinted() {
    BucketSettings settings =
        BucketSettings.of(
            Map.of("AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "hidden"), HOME);
    assertThat(settings.toString()).contains("id").doesNotContain("hidden");
  }

  @ParameterizedTest
  @CsvSource({
    "AWS_ENDPOINT_URL,localhost:9000",
    "AWS_ENDPOINT_URL,ftp://host",
    "OSTRAKA_S3_PATH_STYLE,maybe",
    "OSTRAKA_CACHE_LIMIT,-1",
    "OSTRAKA_CACHE_LIMIT,much"
  })
  void aValueThatIsNoneIsSaidWithItsVariable(String name, String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BucketSettings.of(Map.of(name, value), HOME))
        .withMessageContaining(name)
        .withMessageContaining(value);
  }

  @ParameterizedTest
  @CsvSource({
    "s3://runs,runs,'',s3://runs",
    "s3://runs/,runs,'',s3://runs",
    "s3://runs/a/b,runs,a/b/,s3://runs/a/b",
    "s3://my.runs-1/some%20where/,my.runs-1,some where/,s3://my.runs-1/some%20where"
  })
  void aRootIsABucketAndAPrefix(String text, String bucket, String prefix, String back) {
    BucketRoot root = BucketRoot.parse(URI.create(text));
    assertThat(root).isEqualTo(new BucketRoot(bucket, prefix));
    assertThat(root.uri()).isEqualTo(URI.create(back));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3:///x",
        "s3://b?x",
        "s3://bucket/a//b",
        "s3://bucket/../x",
        "file:///x",
        "s3:x"
      })
  void whatIsNoRootIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BucketRoot.parse(URI.create(text)))
        .withMessageContaining(text)
        .withMessageContaining("s3://BUCKET/PREFIX");
  }
}
