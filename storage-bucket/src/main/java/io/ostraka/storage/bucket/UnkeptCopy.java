package io.ostraka.storage.bucket;

import io.ostraka.store.LocalCopy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** An object in a file of its own, for one who wants to know what the store has now. */
final class UnkeptCopy implements LocalCopy {
  /** How the name of such a file ends; what a crash leaves of them the cache sweeps out. */
  static final String ENDING = ".unkept";

  private final Path file;

  private UnkeptCopy(Path file) {
    this.file = file;
  }

  /** An empty one. */
  static UnkeptCopy in(Path folder) throws IOException {
    return new UnkeptCopy(Files.createTempFile(folder, "", ENDING));
  }

  void fetch(CachedObject.Origin origin) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      Download download = origin.download(new InFile(open));
      download.whole();
      open.setLength(download.sizeBytes()); // What came before a new start may have been longer.
    }
  }

  @Override
  public Path path() {
    return file;
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      return; // The cache sweeps it out.
    }
  }

  private record InFile(RandomAccessFile file) implements Download.Sink {
    @Override
    public void restart() {
      // It is written over.
    }

    @Override
    public void write(long offset, byte[] bytes, int length) throws IOException {
      file.seek(offset);
      file.write(bytes, 0, length);
    }
  }
}
