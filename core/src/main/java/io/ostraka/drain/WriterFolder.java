package io.ostraka.drain;

import io.ostraka.WriterKey;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * Where the shards and cards of a journal belong.
 *
 * @param root the root that the journal names
 * @param spool where the journal lies
 */
record WriterFolder(WriterKey writer, URI root, Path spool) {
  /**
   * Looks, before anything is written, whether the writer's folder is there, also late in a run: a
   * store would make it anew below a mount point whose file system is gone.
   */
  void check(ShardStore store) throws IOException {
    if (!store.isPrepared(writer.prefix())) {
      throw new IOException(
          "The folder of writer %s is not in %s: the root is not mounted, or the run was deleted; its journal is kept in %s"
              .formatted(writer.writer(), root, spool));
    }
  }
}
