package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    TextTable table = new TextTable("RUN", "STATE");
    table.row("a-long-name", "running");
    table.row("🙂", "failed");
    table.row("学習率 ｱＡ", "finished");
    table.row("e\u0301te\u0301", "stalled");

    assertThat(table.toString())
        .isEqualTo(
            """
            RUN          STATE
            a-long-name  running
            🙂           failed
            学習率 ｱＡ   finished
            e\u0301te\u0301          stalled
            """);
  }
}
