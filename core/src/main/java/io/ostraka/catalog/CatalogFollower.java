package io.ostraka.catalog;

import io.ostraka.RunKey;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;

/** Tells which runs of a project changed since it was last asked. For one thread. */
public final class CatalogFollower {
  private final Poll poll;

  /** One way of finding out what changed. */
  private interface Poll {
    Set<RunKey> poll() throws IOException;
  }

  /** Lists the runs of a project, all at once. */
  public interface Listing {
    /**
     * Lists them.
     *
     * @throws NoSuchFileException if there is no such project
     */
    List<RunSnapshot> runs() throws IOException;

    /** Runs that count as changed besides; asked for after each listing. */
    default Set<RunKey> changedBesides() {
      return Set.of();
    }
  }

  private CatalogFollower(Poll poll) {
    this.poll = poll;
  }

  /** A follower that has seen nothing, of a root where looking at single folders costs little. */
  public CatalogFollower(Catalog catalog, String project) {
    this(new ByFolders(catalog, project)::poll);
  }

  /** A follower that has seen nothing, of a root where each request costs and a listing is one. */
  public static CatalogFollower ofListings(Listing listing) {
    return new CatalogFollower(new ByListings(listing)::poll);
  }

  /**
   * The runs whose cards, shards or state changed since the poll before, that are new, or that are
   * gone; at the first poll every run. A run that cannot be listed just now is left to the next
   * poll.
   *
   * @throws IOException if the project cannot be listed; the next poll tells what this one would
   *     have
   */
  public Set<RunKey> poll() throws IOException {
    return poll.poll();
  }
}
