package io.ostraka.sim;

/** Ends a simulated process. Nobody handles it but who started the process. */
public final class ProcessStopped extends Error {
  private static final long serialVersionUID = 1;

  ProcessStopped(String where) {
    super("stopped at " + where, null, false, false);
  }
}
