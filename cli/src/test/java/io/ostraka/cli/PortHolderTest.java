package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortHolderTest {
  private static final String TABLE =
      """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:1D33 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1
         1: 0100007F:1D34 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4343 1
      """;

  @TempDir private Path proc = Path.of("");

  @Test
  void namesTheProcessThatListens() throws IOException {
    fakeProcess();

    assertThat(new PortHolder(proc).of(7475)).contains("process 17 (python3 -m http.server)");
  }

  @Test
  void aConnectionThatOnlyUsesThePortIsNoHolder() throws IOException {
    fakeProcess();

    assertThat(new PortHolder(proc).of(7476)).isEmpty();
  }

  @Test
  void aSystemThatTellsNothingNamesNobody() {
    assertThat(new PortHolder(proc.resolve("absent")).of(7475)).isEmpty();
  }

  private void fakeProcess() throws IOException {
    Files.createDirectories(proc.resolve("net"));
    Files.writeString(proc.resolve("net/tcp"), TABLE);
    Files.createDirectories(proc.resolve("17/fd"));
    Files.createSymbolicLink(proc.resolve("17/fd/3"), Path.of("socket:[4242]"));
    Files.writeString(proc.resolve("17/cmdline"), "python3\0-m\0http.server\0");
  }
}
