package io.ostraka.client;

/** What happens if the run is there already. */
public enum Resume {
  /** Goes on with it, and begins it if it is not there. */
  ALLOW,
  /** Goes on with it, and fails if it is not there. */
  MUST,
  /** Fails if it is there. */
  NEVER
}
