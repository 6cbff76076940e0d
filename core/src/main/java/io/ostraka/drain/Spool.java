package io.ostraka.drain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ostraka.WriterId;
import io.ostraka.journal.JournalFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/**
 * A folder of journals on a local disk, private to its user.
 *
 * @param folder the spool's folder
 * @param id its random id; a copy of a spool has the same id and another inode
 * @param copied whether this folder is a copy of the spool that has the id
 */
public record Spool(Path folder, String id, boolean copied) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Opens a spool, made if it is not there.
   *
   * @throws IOException if it cannot be made or written
   */
  public static Spool open(Path folder) throws IOException {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        makePrivate(folder, "rwx------");
      }
      Path idFile = folder.resolve("id");
      if (!Files.exists(idFile)) {
        writeId(folder, idFile);
      }
      JsonNode json = JSON.readTree(Files.readAllBytes(idFile));
      long inode = json.path("inode").asLong();
      return new Spool(folder, json.path("id").asText(), inode != inode(folder));
    } catch (IOException e) {
      throw new IOException(
          "Cannot use the spool %s: %s; name another folder on a local disk with OSTRAKA_SPOOL"
              .formatted(folder, reason(e)),
          e);
    }
  }

  /** The writers of which something lies here, in the order of their ids. */
  public List<WriterId> writers() throws IOException {
    TreeSet<WriterId> writers = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "r*.*")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        String stem = name.substring(0, name.indexOf('.'));
        if (WriterId.isWriterId(stem)) {
          writers.add(new WriterId(stem));
        }
      }
    }
    return List.copyOf(writers);
  }

  /** The files of a writer. */
  public JournalFiles files(WriterId writer) {
    return new JournalFiles(folder, writer);
  }

  /** The file that an agent of this spool locks. */
  public Path agentLock() {
    return folder.resolve("agent.lock");
  }

  /** The file that one of those locks who publish in the foreground, while it merges. */
  public Path publishLock() {
    return folder.resolve("publish.lock");
  }

  /** Where the agent of this spool writes what it has to say. */
  public Path agentLog() {
    return folder.resolve("agent.log");
  }

  /**
   * Makes a copy of a spool a spool of its own. Its records of ranges are dropped: drainers then go
   * on after what the store lists.
   */
  public Spool takeOver() throws IOException {
    for (WriterId writer : writers()) {
      files(writer).deleteDrain();
    }
    Files.deleteIfExists(folder.resolve("id"));
    return open(folder);
  }

  private static void writeId(Path folder, Path idFile) throws IOException {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String id = HexFormat.of().formatHex(random);
    byte[] json =
        JSON.writeValueAsBytes(
            JsonNodeFactory.instance
                .objectNode()
                .put("format", 1)
                .put("id", id)
                .put("inode", inode(folder)));
    Path hidden = folder.resolve(".id-" + id);
    Files.write(hidden, json);
    makePrivate(hidden, "rw-------");
    try {
      Files.createLink(idFile, hidden);
    } catch (FileAlreadyExistsException e) {
      // Somebody else came first; theirs is the id.
    } finally {
      Files.deleteIfExists(hidden);
    }
  }

  private static void makePrivate(Path path, String permissions) throws IOException {
    if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
  }

  private static long inode(Path folder) throws IOException {
    if (!folder.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return 0;
    }
    return ((Number) Files.getAttribute(folder, "unix:ino")).longValue();
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
