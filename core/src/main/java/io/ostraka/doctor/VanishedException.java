package io.ostraka.doctor;

import java.io.IOException;

/** An object is gone since it was listed: merged, or removed by a person. */
final class VanishedException extends IOException {
  private static final long serialVersionUID = 1;

  VanishedException(String key, IOException cause) {
    super(key + " is gone since it was listed", cause);
  }
}
