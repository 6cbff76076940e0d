package io.ostraka.cli;

import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * The arguments of a command that is about things in a root: the root itself, which may be left
 * out, and their names.
 */
record RootAndNames(Root root, List<String> names) {
  RootAndNames {
    names = List.copyOf(names);
  }

  /**
   * A root and one name: of two arguments the first is the root.
   *
   * @param what the name is of, for a person
   */
  static RootAndNames ofOne(
      Surroundings here, RunOptions options, String what, List<String> arguments) {
    boolean hasRoot = arguments.size() == 2 && options.root().isEmpty();
    RootAndNames found = split(here, options, hasRoot, arguments);
    if (found.names().size() > 1) {
      throw new WrongCall("One " + what + " is taken, and not also \"" + arguments.get(1) + "\"");
    }
    if (found.names().isEmpty()) {
      throw new WrongCall("Say which " + what);
    }
    return found;
  }

  /**
   * A root and at least two names: of three arguments and more the first is the root if it is a
   * bucket, or a folder that is there.
   */
  static RootAndNames ofSeveral(Surroundings here, RunOptions options, List<String> arguments) {
    boolean hasRoot =
        arguments.size() > 2 && options.root().isEmpty() && isRoot(arguments.get(0), here);
    RootAndNames found = split(here, options, hasRoot, arguments);
    if (found.names().size() < 2) {
      throw new WrongCall("Say which runs, two or more; 'ostraka ls' lists them");
    }
    return found;
  }

  private static RootAndNames split(
      Surroundings here, RunOptions options, boolean hasRoot, List<String> arguments) {
    Optional<String> root = hasRoot ? Optional.of(arguments.get(0)) : options.root();
    List<String> names = hasRoot ? arguments.subList(1, arguments.size()) : arguments;
    return new RootAndNames(here.root(root), names);
  }

  private static boolean isRoot(String argument, Surroundings here) {
    boolean isAddress = argument.contains("://");
    return isAddress || Files.isDirectory(here.folder().resolve(argument));
  }
}
