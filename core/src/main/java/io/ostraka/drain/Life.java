package io.ostraka.drain;

import java.io.IOException;

/** Tells whether the process of a writer lives. */
@FunctionalInterface
public interface Life {
  /** Whether it lives now; once false, always false. */
  boolean alive() throws IOException;
}
