package io.ostraka.shard;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The roll-up that is made beside a shard. Whatever goes wrong with it, the shard is written as if
 * nobody had asked for one: there is no roll-up then, and no file. Not safe for threads.
 */
final class RollupBeside implements AutoCloseable {
  private final Path target;
  private @Nullable RollupWriter writer;
  private boolean isComplete;

  /** A roll-up that has no rows yet; of a stream that is no series nothing is made. */
  RollupBeside(Path target, Stream stream, RollupRule rule) {
    this.target = target;
    this.writer = stream.isSeries() ? new RollupWriter(target, stream, rule) : null;
  }

  /** Takes in the next rows. */
  void add(RowGroupBuffer group) {
    if (writer != null) {
      try {
        writer.add(group);
      } catch (IOException | RuntimeException e) {
        drop();
      }
    }
  }

  /** Ends after the last row. */
  void end(WriterId id, ShardName shard) {
    if (writer != null) {
      try {
        isComplete = writer.end(id, shard);
      } catch (IOException | RuntimeException e) {
        drop();
      }
    }
  }

  private void drop() {
    RollupWriter failed = writer;
    writer = null;
    if (failed != null) {
      try {
        failed.close();
      } catch (IOException | RuntimeException e) {
        isComplete = false; // It failed already.
      }
    }
  }

  /** Lets go of it, and removes the file unless it is complete. */
  @Override
  public void close() {
    drop();
    try {
      if (!isComplete) {
        Files.deleteIfExists(target);
      }
    } catch (IOException e) {
      isComplete = false; // Whoever reads what is left finds no footer.
    }
  }
}
