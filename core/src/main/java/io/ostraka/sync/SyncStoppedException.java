package io.ostraka.sync;

import java.io.IOException;

/** The copying was stopped; what was copied stays, and the next one goes on from there. */
public final class SyncStoppedException extends IOException {
  private static final long serialVersionUID = 1;

  SyncStoppedException() {
    super("Stopped before everything was copied; the same command goes on from there");
  }
}
