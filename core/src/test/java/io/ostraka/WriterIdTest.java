package io.ostraka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WriterIdTest {
  @Test
  void anIdIsTheRankAndSixtyFourRandomBits() {
    WriterId id = WriterId.of(3, 0x9f1c0a77d2e4b581L);
    assertThat(id.text()).isEqualTo("r000003-9f1c0a77d2e4b581");
    assertThat(id.rank()).isEqualTo(3);
    assertThat(new WriterId(id.text())).isEqualTo(id);
    assertThat(WriterId.of(999_999, 0).text()).isEqualTo("r999999-0000000000000000");
  }

  @Test
  void idsAreOrderedByRank() {
    assertThat(WriterId.of(2, -1)).isLessThan(WriterId.of(10, 0));
  }

  @Test
  void aRankThatDoesNotFitIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WriterId.of(1_000_000, 0))
        .withMessage("Rank 1000000 is outside 0 to 999999");
    assertThatIllegalArgumentException().isThrownBy(() -> WriterId.of(-1, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "r000003",
        "r000003-9F1C0A77D2E4B581",
        "w000003-9f1c0a77d2e4b581",
        "r00003-9f1c0a77d2e4b581",
        "r000003-9f1c0a77d2e4b581/",
        "r000003-9f1c0a77d2e4b581\n"
      })
  void anotherTextIsRefused(String text) {
    assertThat(WriterId.isWriterId(text)).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WriterId(text))
        .withMessageStartingWith("Not a writer id: \"" + text + "\"");
  }
}
