package io.ostraka.client;

import io.ostraka.journal.JournalLimits;
import io.ostraka.journal.SpoolRoom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Where the spool lies unless somebody says otherwise: the first usable folder that is on a local
 * disk.
 */
public final class SpoolFolder {
  private static final Set<String> NETWORK_FILE_SYSTEMS =
      Set.of(
          "nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "beegfs", "gpfs", "ceph", "afs", "9p");

  private SpoolFolder() {}

  /**
   * The folder, made if it is not there.
   *
   * @param environment the process's variables
   * @throws IOException if none of the usual places can be used
   */
  public static Path usual(Map<String, String> environment) throws IOException {
    List<Path> candidates = new ArrayList<>();
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    if (!cache.isBlank()) {
      candidates.add(Path.of(cache, "ostraka"));
    }
    String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
    if (!home.isBlank()) {
      candidates.add(Path.of(home, ".cache", "ostraka"));
    }
    String user = userId();
    candidates.add(Path.of("/var/tmp", "ostraka-" + user));
    candidates.add(temporary().resolve("ostraka-" + user));
    for (Path candidate : candidates) {
      if (isUsable(candidate)) {
        return candidate;
      }
    }
    throw new IOException(
        "No folder on a local disk can be written for the journal; tried %s; name one with OSTRAKA_SPOOL"
            .formatted(candidates));
  }

  /** The system's folder for temporary files. */
  public static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
  }

  /**
   * How many bytes may wait in a spool: {@code OSTRAKA_SPOOL_LIMIT}, else what is usual for its
   * disk.
   *
   * @throws IllegalArgumentException if the variable is no number of bytes
   */
  public static long limitBytes(Map<String, String> environment, Path folder) throws IOException {
    String given = environment.getOrDefault("OSTRAKA_SPOOL_LIMIT", "");
    return given.isBlank()
        ? JournalLimits.usualSpoolBytes(
            Files.getFileStore(folder).getUsableSpace(), SpoolRoom.usedBytes(folder))
        : size("OSTRAKA_SPOOL_LIMIT", given);
  }

  /** A number of bytes, with K, M, G or T for powers of 1,024. */
  private static long size(String name, String text) {
    String shape = text.strip().toUpperCase(Locale.ROOT).replaceFirst("I?B$", "");
    int unit = shape.isEmpty() ? -1 : "KMGT".indexOf(shape.charAt(shape.length() - 1));
    String digits = unit < 0 ? shape : shape.substring(0, shape.length() - 1);
    try {
      double bytes = Double.parseDouble(digits) * Math.pow(1024, unit + 1);
      if (bytes >= 1 && bytes < Long.MAX_VALUE) {
        return (long) bytes;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        name + " is \"" + text + "\"; give a number of bytes such as 8G");
  }

  private static boolean isUsable(Path folder) {
    try {
      Files.createDirectories(folder);
      return Files.isWritable(folder)
          && !NETWORK_FILE_SYSTEMS.contains(Files.getFileStore(folder).type());
    } catch (IOException e) {
      return false;
    }
  }

  /** The same number that the Python client puts into the folder's name. */
  private static String userId() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return System.getProperty("user.name", "user");
    }
  }
}
