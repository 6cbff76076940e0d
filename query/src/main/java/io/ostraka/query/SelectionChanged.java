package io.ostraka.query;

/** The shards that a query was about to read are no longer the right ones: choose again. */
final class SelectionChanged extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean vanished;

  private SelectionChanged(String message, boolean vanished) {
    super(message);
    this.vanished = vanished;
  }

  /** A shard is gone; the listing is out of date. */
  static SelectionChanged vanished(String key) {
    return new SelectionChanged(key + " is gone", true);
  }

  /** Some shards turned out to be unreadable and are left out from now on. */
  static SelectionChanged damaged() {
    return new SelectionChanged("damaged shards", false);
  }

  /** Whether the listing must be made anew. */
  boolean vanished() {
    return vanished;
  }
}
