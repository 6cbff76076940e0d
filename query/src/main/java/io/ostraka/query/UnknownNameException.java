package io.ostraka.query;

import java.nio.file.NoSuchFileException;

/** A name that nothing in a root has; the message says which, and which ones come near. */
public final class UnknownNameException extends NoSuchFileException {
  private static final long serialVersionUID = 1;

  UnknownNameException(String message) {
    super(message);
  }

  /** The whole of the message, which names no file. */
  @Override
  public String getReason() {
    return getFile();
  }

  @Override
  public String getMessage() {
    return getFile();
  }
}
