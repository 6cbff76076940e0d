package io.ostraka.client;

/** What a call does that finds the spool at its limit or its disk full. */
public enum WhenFull {
  /** Waits up to ten seconds, once, and then drops points until there is room. */
  WAIT,
  /** Drops points at once. */
  DROP
}
