package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    TextTable table = new TextTable("RUN", "STATE");
    table.row("a-long-name", "running");
    table.row("🙂", "failed");

    assertThat(table.toString())
        .isEqualTo(
            """
            RUN          STATE
            a-long-name  running
            🙂            failed
            """);
  }
}
