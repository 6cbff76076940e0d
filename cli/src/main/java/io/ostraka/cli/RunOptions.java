package io.ostraka.cli;

import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where the runs are that a command works on. */
final class RunOptions {
  @Option(
      names = "--root",
      paramLabel = "ROOT",
      description =
          "The folder or bucket with the runs. Not given: OSTRAKA_ROOT, else ./ostraka-runs.")
  private @Nullable String root;

  @Option(
      names = "--project",
      paramLabel = "PROJECT",
      description = "Look in this project only. Not given: in all of them.")
  private @Nullable String project;

  Optional<String> project() {
    return Optional.ofNullable(project);
  }

  /** The root that the option names, if it does. */
  Optional<String> root() {
    return Optional.ofNullable(root);
  }

  /** Opens the root; a folder must be there. */
  ShardStore open(Surroundings here, Stores stores) throws IOException {
    return open(here.root(Optional.ofNullable(root)), stores);
  }

  /** The only argument, if it is a folder that is there, or a bucket. */
  static Optional<Root> onlyRoot(List<String> arguments, Surroundings here) {
    return Optional.of(arguments)
        .filter(all -> all.size() == 1)
        .map(all -> Root.of(all.get(0), here.folder()))
        .filter(root -> root.folder().isEmpty() || Files.isDirectory(root.folder().get()));
  }

  /** Opens a root; a folder must be there. */
  static ShardStore open(Root root, Stores stores) throws IOException {
    if (root.folder().isPresent() && !Files.exists(root.folder().get())) {
      throw new NoSuchFileException(
          root.shown(), null, "there are no runs; --root or OSTRAKA_ROOT names another folder");
    }
    return stores.open(root);
  }
}
