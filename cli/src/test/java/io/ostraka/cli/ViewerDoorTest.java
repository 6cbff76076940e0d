package io.ostraka.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewerDoorTest {
  @TempDir private Path folder = Path.of("");

  private Root root() {
    return Root.of(folder.toString(), folder);
  }

  @Test
  void printsAddressAndFolder() throws IOException {
    Terminal terminal = new Terminal(folder);

    try (ViewerDoor door = ViewerDoor.open(terminal.surroundings(), root(), onPort(0))) {
      assertThat(terminal.out()).contains(folder.toString(), door.address().toString());
      assertThat(answer(door.address().resolve("api/v1/server"))).contains("\"version\"");
    }
  }

  @Test
  void aPortAskedForAndTakenNamesItsHolderAndAFreeOne() throws IOException {
    Terminal terminal = new Terminal(folder);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> ViewerDoor.open(terminal.surroundings(), root(), onPort(port)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Port " + port + " is taken")
          .hasMessageContaining("is free");
    }
  }

  @Test
  void aPortThatIsNoneIsAWrongCall() {
    Terminal terminal = new Terminal(folder);

    assertThatThrownBy(() -> ViewerDoor.open(terminal.surroundings(), root(), onPort(99_999)))
        .isInstanceOf(WrongCall.class)
        .hasMessageContaining("99999");
  }

  @Test
  void twoAtOnceTakeTwoPorts() throws IOException {
    Terminal terminal = new Terminal(folder);
    ViewOptions options = new ViewOptions();

    try (ViewerDoor first = ViewerDoor.open(terminal.surroundings(), root(), options);
        ViewerDoor second = ViewerDoor.open(terminal.surroundings(), root(), options)) {
      assertThat(second.address()).isNotEqualTo(first.address());
      assertThat(terminal.err()).contains("is taken", "using " + second.address().getPort());
    }
  }

  @Test
  void opensNoBrowserWhereNoneIsWanted() throws IOException {
    Terminal terminal = new Terminal(folder);

    try (ViewerDoor door = ViewerDoor.open(terminal.surroundings(), root(), onPort(0))) {
      ViewOptions options = onPort(0);
      options.noBrowser = true;
      door.show(terminal.surroundings(), options, "/");
      assertThat(terminal.out()).doesNotContain("browser");
    }
  }

  private static ViewOptions onPort(int port) {
    ViewOptions options = new ViewOptions();
    options.port = port;
    return options;
  }

  private static String answer(URI address) throws IOException {
    try (var body = address.toURL().openStream()) {
      return new String(body.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }
}
