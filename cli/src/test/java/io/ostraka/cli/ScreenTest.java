package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
  @Test
  void aPipeHas80ColumnsAndNoColours() {
    Screen pipe = Screen.of(Map.of("TERM", "xterm-256color"), 0, true);

    assertThat(pipe).isEqualTo(new Screen(80, false, true, false));
    assertThat(pipe.bold("x") + pipe.dim("y") + pipe.state("failed")).isEqualTo("xyfailed");
  }

  @Test
  void aTerminalHasItsOwnColumnsAndColoursUnlessSomebodyWantsNone() {
    Screen terminal = Screen.of(Map.of("TERM", "xterm"), 140, true);

    assertThat(terminal).isEqualTo(new Screen(140, true, true, true));
    assertThat(terminal.state("failed")).isEqualTo("\u001b[31mfailed\u001b[0m");
    assertThat(terminal.state("finished")).isEqualTo("finished");
    assertThat(Screen.of(Map.of("NO_COLOR", "1"), 140, true).hasColour()).isFalse();
    assertThat(Screen.of(Map.of("NO_COLOR", ""), 140, true).hasColour()).isTrue();
    assertThat(Screen.of(Map.of("COLUMNS", "100"), 140, true).columns()).isEqualTo(100);
    assertThat(Screen.of(Map.of("COLUMNS", "wide"), 0, true).columns()).isEqualTo(80);
    assertThat(Screen.of(Map.of(), 3, true).columns()).isEqualTo(40);
  }

  @Test
  void asciiIsForLocalesAndTerminalsThatHaveNoMore() {
    assertThat(Screen.of(Map.of(), 80, false).hasUnicode()).isFalse();
    assertThat(Screen.of(Map.of("TERM", "linux"), 80, true).hasUnicode()).isFalse();
    assertThat(Screen.of(Map.of("TERM", "linux"), 0, true).hasUnicode()).isTrue();
    assertThat(Screen.of(Map.of("TERM", "dumb"), 80, true).hasColour()).isFalse();
  }

  @Test
  void whatOthersWroteMovesNoCursor() {
    assertThat(Screen.plain("a\u001b[2Jb\r\nc\u202ed\u009be 🙂 ü")).isEqualTo("a [2Jb  c d e 🙂 ü");
    assertThat(Screen.of(Map.of(), 80, true).cut("abcdef", 4)).isEqualTo("abc…");
    assertThat(Screen.of(Map.of(), 80, false).cut("abcdef", 4)).isEqualTo("ab..");
    assertThat(Screen.of(Map.of(), 80, false).cut("abcd", 4)).isEqualTo("abcd");
    assertThat(Screen.of(Map.of(), 80, true).cut("学習率", 6)).isEqualTo("学習率");
    assertThat(Screen.of(Map.of(), 80, true).cut("学習率", 5)).isEqualTo("学習…");
    assertThat(Screen.of(Map.of(), 80, true).cut("学習率", 4)).isEqualTo("学…");
  }
}
