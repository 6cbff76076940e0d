package io.ostraka.drain;

import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.URI;

/** Opens the store of a root; handed in by whoever may name concrete stores. */
public interface StoreOpener {
  /**
   * Opens a root.
   *
   * @throws IOException if it cannot be opened now
   */
  ShardStore open(URI root) throws IOException;
}
