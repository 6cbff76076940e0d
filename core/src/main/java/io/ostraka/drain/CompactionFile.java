package io.ostraka.drain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ostraka.RunKey;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says in the spool that a writer's shards are still to be merged or retired.
 *
 * @param root where the shards are
 * @param writer whose they are
 */
record CompactionFile(URI root, WriterKey writer) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BEGIN = "compact.";

  /** Writes the file of a writer, if it is not there. */
  static Path write(Spool spool, URI root, WriterKey writer) throws IOException {
    Path file = spool.folder().resolve(BEGIN + writer.writer());
    if (!Files.exists(file)) {
      byte[] json =
          JSON.writeValueAsBytes(
              JsonNodeFactory.instance
                  .objectNode()
                  .put("format", 1)
                  .put("root", root.toString())
                  .put("project", writer.run().project())
                  .put("run", writer.run().run())
                  .put("writer", writer.writer().text()));
      Path hidden = Files.write(spool.folder().resolve("." + file.getFileName()), json);
      Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return file;
  }

  /** Reads a file; nothing if it is damaged. */
  static Optional<CompactionFile> read(Path file) throws IOException {
    try {
      JsonNode json = JSON.readTree(Files.readAllBytes(file));
      RunKey run = new RunKey(json.path("project").asText(), json.path("run").asText());
      WriterKey writer = new WriterKey(run, new WriterId(json.path("writer").asText()));
      return Optional.of(new CompactionFile(URI.create(json.path("root").asText()), writer));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The files of a spool. */
  static List<Path> all(Spool spool) throws IOException {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(spool.folder(), BEGIN + "*")) {
      files.forEach(all::add);
    }
    return all;
  }
}
