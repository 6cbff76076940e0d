package io.ostraka.cli;

import io.ostraka.viewer.ViewerSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a command that opens the viewer. */
final class ViewOptions {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      description =
          "The port to answer on, 0 for any. Not given: "
              + ViewerSettings.DEFAULT_PORT
              + ", or the next one that is free.")
  @Nullable Integer port;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "The address to answer on (default: ${DEFAULT-VALUE}, this machine alone). Whoever can reach another one"
              + " can read all runs.")
  String host = "127.0.0.1";

  @Option(
      names = "--allow-host",
      paramLabel = "NAME",
      description =
          "Also answer requests that call this machine NAME, as behind a proxy. May be repeated.")
  List<String> allowedHosts = new ArrayList<>();

  @Option(
      names = "--sql",
      negatable = true,
      description =
          "Answer SQL at /api/v1/sql, or not. Not given: only if no other machine is answered.")
  @Nullable Boolean sql;

  @Option(names = "--no-browser", description = "Print the address and open no browser.")
  boolean noBrowser;
}
