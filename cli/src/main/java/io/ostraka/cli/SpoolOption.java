package io.ostraka.cli;

import io.ostraka.client.SpoolFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says which spool a command works on. */
final class SpoolOption {
  @Option(
      names = "--spool",
      paramLabel = "DIR",
      description =
          "The folder in which points wait to be published. Not given: OSTRAKA_SPOOL, else ~/.cache/ostraka.")
  private @Nullable Path given;

  /** The spool: the one given, else {@code OSTRAKA_SPOOL}, else the usual place; absolute. */
  Path folder(Surroundings here) throws IOException {
    Optional<Path> named =
        Optional.ofNullable(given).or(() -> here.variable("OSTRAKA_SPOOL").map(Path::of));
    return here.folder()
        .resolve(named.isPresent() ? named.get() : SpoolFolder.usual(here.variables()))
        .normalize();
  }
}
