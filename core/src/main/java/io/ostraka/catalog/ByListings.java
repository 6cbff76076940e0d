package io.ostraka.catalog;

import io.ostraka.RunKey;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Follows a root by listing the project whole: a request for each thousand objects, and no other.
 */
final class ByListings {
  private final CatalogFollower.Listing listing;
  private Map<RunKey, RunSnapshot> before = Map.of();

  ByListings(CatalogFollower.Listing listing) {
    this.listing = listing;
  }

  Set<RunKey> poll() throws IOException {
    Map<RunKey, RunSnapshot> now = new HashMap<>();
    listed().forEach(run -> now.put(run.key(), run));
    Set<RunKey> changed = new TreeSet<>(listing.changedBesides());
    now.forEach(
        (key, run) -> {
          if (!run.equals(before.get(key))) {
            changed.add(key);
          }
        });
    before.keySet().stream().filter(key -> !now.containsKey(key)).forEach(changed::add);
    before = now;
    return changed;
  }

  private List<RunSnapshot> listed() throws IOException {
    try {
      return listing.runs();
    } catch (NoSuchFileException e) {
      return List.of(); // Its last run is gone.
    }
  }
}
