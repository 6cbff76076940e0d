package io.ostraka.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * An object as a local file of the object's length of which only the bytes asked for need be there;
 * whatever else is read from it. Safe for threads.
 */
public interface SparseCopy extends LocalCopy {
  /** The length of the object and of the file. */
  long sizeBytes();

  /** Whether all bytes are there by now. */
  boolean isWhole();

  /**
   * Has bytes of the object in the file; what is there already is not fetched again.
   *
   * @throws java.nio.file.NoSuchFileException if the object is gone by now
   * @throws IllegalArgumentException if a range ends behind the object
   */
  void fetch(List<ByteRange> ranges) throws IOException;

  /** A file that has all bytes. */
  static SparseCopy whole(LocalCopy copy, long sizeBytes) {
    return new SparseCopy() {
      @Override
      public long sizeBytes() {
        return sizeBytes;
      }

      @Override
      public boolean isWhole() {
        return true;
      }

      @Override
      public void fetch(List<ByteRange> ranges) {
        for (ByteRange range : ranges) {
          if (range.end() > sizeBytes) {
            throw new IllegalArgumentException(range + " ends behind " + sizeBytes + " bytes");
          }
        }
      }

      @Override
      public Path path() {
        return copy.path();
      }

      @Override
      public void close() {
        copy.close();
      }
    };
  }
}
