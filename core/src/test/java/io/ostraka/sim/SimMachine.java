package io.ostraka.sim;

import io.ostraka.WriterId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A machine with its spool and two agents that race for the journals. */
final class SimMachine {
  final Path folder;
  final Map<Path, Long> synced = new HashMap<>();
  final Map<WriterId, SimWriter> writers = new TreeMap<>();
  final Set<WriterId> refused = new TreeSet<>();
  final List<SimAgent> agents = new ArrayList<>();
  private final boolean copy;

  /** Whether it is switched off for good. */
  boolean lost;

  SimMachine(Path folder, boolean copy) throws IOException {
    this.folder = folder;
    this.copy = copy;
    Files.createDirectories(folder);
  }

  /** Whether a writer runs here. */
  boolean alive(SimWriter writer) {
    return !copy && writer.alive();
  }

  void stopAgents() throws IOException {
    for (SimAgent agent : agents) {
      agent.stop();
    }
  }

  /** The files of its spool. */
  List<Path> files() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
      paths.forEach(found::add);
    }
    found.sort(null);
    return found;
  }

  /** What still waits: every file of a writer but those that are kept for a person. */
  List<Path> waiting() throws IOException {
    return files().stream()
        .filter(path -> WriterId.isWriterId(stem(path)))
        .filter(path -> !path.getFileName().toString().contains(".damaged."))
        .filter(path -> !refused.contains(new WriterId(stem(path))))
        .toList();
  }

  static String stem(Path path) {
    String name = path.getFileName().toString();
    return name.indexOf('.') < 0 ? name : name.substring(0, name.indexOf('.'));
  }
}
