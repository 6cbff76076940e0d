package io.ostraka.query;

/**
 * The shards that a query was about to read are no longer the right ones: one is gone, or cannot be
 * read and is left out from now on. List again and choose anew.
 */
final class SelectionChanged extends Exception {
  private static final long serialVersionUID = 1;

  private SelectionChanged(String message) {
    super(message, null, false, false);
  }

  static SelectionChanged vanished(String key) {
    return new SelectionChanged(key + " is gone");
  }

  static SelectionChanged damaged() {
    return new SelectionChanged("A shard cannot be read");
  }
}
