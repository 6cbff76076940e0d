package io.ostraka.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds out which process listens on a port of this machine. Linux tells it in {@code /proc};
 * elsewhere, and for processes of other users, nothing is found.
 */
final class PortHolder {
  private static final String LISTENING = "0A";

  private final Path proc;

  PortHolder(Path proc) {
    this.proc = proc;
  }

  /** A process in words, such as {@code process 4711 (python3 -m http.server)}. */
  Optional<String> of(int port) {
    return inode(port).flatMap(this::process);
  }

  /* A line of net/tcp: number, local address:port, remote address:port, state, …; the tenth field is the socket's inode. */
  private Optional<String> inode(int port) {
    String ending = String.format(":%04X", port);
    for (String table : List.of("net/tcp", "net/tcp6")) {
      try {
        for (String line : Files.readAllLines(proc.resolve(table))) {
          String[] fields = line.strip().split("\\s+", -1);
          if (fields.length > 9 && fields[1].endsWith(ending) && fields[3].equals(LISTENING)) {
            return Optional.of(fields[9]);
          }
        }
      } catch (IOException absent) {
        // Not Linux, or no IPv6: the other table may still say.
      }
    }
    return Optional.empty();
  }

  private Optional<String> process(String inode) {
    Path socket = Path.of("socket:[" + inode + "]");
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, socket)) {
          return Optional.of("process " + process.getFileName() + " (" + command(process) + ")");
        }
      }
    } catch (IOException absent) {
      // No process is better than a wrong one.
    }
    return Optional.empty();
  }

  private static boolean holds(Path process, Path socket) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.readSymbolicLink(descriptor).equals(socket)) {
          return true;
        }
      }
    } catch (IOException gone) {
      // It ended, or is another user's.
    }
    return false;
  }

  private static String command(Path process) throws IOException {
    String line = Files.readString(process.resolve("cmdline")).replace('\0', ' ').strip();
    return line.length() > 120 ? line.substring(0, 119) + "…" : line;
  }
}
