package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentLogTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

  @TempDir private Path folder = Path.of("");

  @Test
  void writesALineWithTheTime() throws IOException {
    Path file = folder.resolve("agent.log");

    new AgentLog(file, NOON).line("drains a run");

    assertThat(Files.readString(file))
        .startsWith("2026-11-21T12:00:00Z ")
        .endsWith(" drains a run\n");
  }

  @Test
  void goesOnInANewFileBeyondItsLimitAndKeepsTheOneBefore() throws IOException {
    Path file = folder.resolve("agent.log");
    Files.writeString(file, "x".repeat((int) AgentLog.LIMIT_BYTES + 1));

    new AgentLog(file, NOON).line("begins");

    assertThat(Files.size(file)).isLessThan(100);
    assertThat(folder.resolve("agent.log.1")).hasSize(AgentLog.LIMIT_BYTES + 1);
  }

  @Test
  void aLogThatCannotBeWrittenStopsNothing() {
    Path file = folder.resolve("absent/agent.log");

    new AgentLog(file, NOON).line("begins");

    assertThat(file).doesNotExist();
  }
}
