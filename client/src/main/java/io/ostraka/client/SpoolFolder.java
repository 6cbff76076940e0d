package io.ostraka.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    candidates.add(Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "ostraka-" + user));
    for (Path candidate : candidates) {
      if (isUsable(candidate)) {
        return candidate;
      }
    }
    throw new IOException(
        "No folder on a local disk can be written for the journal; tried %s; name one with OSTRAKA_SPOOL"
            .formatted(candidates));
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
