package io.ostraka.cli;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/** Opens an address in the person's browser, where there is one. */
final class Browser {
  private final Surroundings here;

  Browser(Surroundings here) {
    this.here = here;
  }

  /** Returns whether a browser was told to open the address; it may still be starting. */
  boolean open(URI address) {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.contains("mac")) {
      return start(List.of("open", address.toString()));
    }
    if (system.contains("win")) {
      return start(List.of("rundll32", "url.dll,FileProtocolHandler", address.toString()));
    }
    boolean display =
        here.variable("DISPLAY").isPresent() || here.variable("WAYLAND_DISPLAY").isPresent();
    return display && start(List.of("xdg-open", address.toString()));
  }

  private static boolean start(List<String> command) {
    try {
      new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
      return true;
    } catch (IOException none) {
      return false;
    }
  }
}
