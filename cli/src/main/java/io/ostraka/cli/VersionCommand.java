package io.ostraka.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code ostraka version}. */
@Command(name = "version", description = "Print which Ostraka this is, and which Java runs it.")
final class VersionCommand implements Runnable {
  private final Surroundings here;

  VersionCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public void run() {
    here.out().println("ostraka " + version());
    here.out().println("Java " + Runtime.version() + " at " + System.getProperty("java.home"));
    here.checkout().ifPresent(checkout -> here.out().println("checkout " + checkout));
    jars().ifPresent(jars -> here.out().println("jars " + jars));
  }

  /** The folder that this command's jars lie in; empty where it runs from class folders. */
  private static Optional<Path> jars() {
    String first = System.getProperty("java.class.path", "").split(File.pathSeparator, 2)[0];
    return Optional.of(Path.of(first).toAbsolutePath())
        .filter(path -> path.toString().endsWith(".jar"))
        .map(Path::getParent);
  }

  /** The version of this build, as its jar says. */
  static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("(unpackaged)");
  }
}
