package io.ostraka.store;

import java.nio.file.Path;

/** An object as a local file that stays as it is until this is closed. */
public interface LocalCopy extends AutoCloseable {
  /** The file, to be read only. */
  Path path();

  /** Lets the file go; it may then be removed. Does nothing the second time. */
  @Override
  void close();
}
