package io.ostraka.store;

import java.time.Instant;
import java.util.List;

/**
 * What lay below a prefix, at one moment or during a short while.
 *
 * @param objects everything whole below the prefix, ordered by key as text; no folders, no
 *     unfinished files
 * @param listedAt the time of the listing by the store's own clock, so that ages can be told from
 *     {@link StoredObject#modified}
 */
public record Listing(List<StoredObject> objects, Instant listedAt) {
  /** Keeps its own copy. */
  public Listing {
    objects = List.copyOf(objects);
  }
}
