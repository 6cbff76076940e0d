package io.ostraka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ShardNameTest {
  @Test
  void aNameIsTwelveDigitsEach() {
    ShardName name = new ShardName(4096, 8191);
    assertThat(name.format()).isEqualTo("000000004096-000000008191.parquet");
    assertThat(ShardName.parse(name.format())).contains(name);
    assertThat(name.rows()).isEqualTo(4096);
    ShardName largest = new ShardName(0, 999_999_999_999L);
    assertThat(ShardName.parse(largest.format())).contains(largest);
  }

  @Test
  void digitsAreTheSameInEveryLanguage() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-SA-u-nu-arab"));
      assertThat(new ShardName(0, 9).format()).isEqualTo("000000000000-000000000009.parquet");
      assertThat(WriterId.of(7, 1).text()).isEqualTo("r000007-0000000000000001");
      assertThat(Names.encode("a b/")).isEqualTo("a%20b%2F");
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "000000000000-000000000009",
        "000000000000-000000000009.parquet.tmp",
        ".000000000000-000000000009.parquet",
        "00000000000-000000000009.parquet",
        "0000000000000-000000000009.parquet",
        "000000000009-000000000000.parquet",
        "000000000000_000000000009.parquet",
        "00000000000a-000000000009.parquet",
        "000000000000-000000000009.PARQUET",
        "٠٠٠٠٠٠٠٠٠٠٠٠-000000000009.parquet",
        "000000000000-000000000009.parquet\n"
      })
  void anotherFileNameIsNoShards(String fileName) {
    assertThat(ShardName.parse(fileName)).isEmpty();
  }

  @Test
  void aRangeThatIsNoneIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ShardName(5, 4))
        .withMessage("A shard of rows 5 to 4 is empty");
    assertThatIllegalArgumentException().isThrownBy(() -> new ShardName(-1, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> new ShardName(0, 1_000_000_000_000L));
  }

  @Test
  void whatCoversComesBeforeWhatItCovers() {
    List<ShardName> ordered =
        List.of(
            new ShardName(0, 29),
            new ShardName(0, 9),
            new ShardName(10, 19),
            new ShardName(20, 29));
    List<ShardName> shuffled = new ArrayList<>(ordered);
    Collections.reverse(shuffled);
    Collections.sort(shuffled);
    assertThat(shuffled).isEqualTo(ordered);
    assertThat(ordered.get(0).covers(ordered.get(3))).isTrue();
    assertThat(ordered.get(0).covers(ordered.get(0))).isTrue();
    assertThat(ordered.get(1).covers(ordered.get(0))).isFalse();
    assertThat(new ShardName(0, 9).covers(new ShardName(5, 14))).isFalse();
  }
}
