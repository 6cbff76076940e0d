package io.ostraka.cli;

import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where the runs are that a command works on. */
final class RunOptions {
  @Option(
      names = "--root",
      paramLabel = "ROOT",
      description = "The folder with the runs. Not given: OSTRAKA_ROOT, else ./ostraka-runs.")
  private @Nullable Path root;

  @Option(
      names = "--project",
      paramLabel = "PROJECT",
      description = "Look in this project only. Not given: in all of them.")
  private @Nullable String project;

  Optional<String> project() {
    return Optional.ofNullable(project);
  }

  /** Opens the root, which must be there. */
  ShardStore open(Surroundings here) throws IOException {
    return open(here.root(Optional.ofNullable(root)));
  }

  /** Opens a root, which must be there. */
  static ShardStore open(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      throw new NoSuchFileException(
          folder.toString(),
          null,
          "there are no runs; --root or OSTRAKA_ROOT names another folder");
    }
    return LocalShardStore.open(folder);
  }
}
