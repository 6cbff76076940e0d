package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.query.Query;
import io.ostraka.query.QuerySettings;
import io.ostraka.store.Fetchers;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A root that is open to be shown: its runs by what people call them, and queries over it. */
final class ShownRoot implements AutoCloseable {
  private final Surroundings here;
  private final Stores stores;
  private final ShardStore store;
  private final Fetchers fetchers = Fetchers.many();
  private final Query query;

  private ShownRoot(Surroundings here, Stores stores, ShardStore store) {
    this.here = here;
    this.stores = stores;
    this.store = store;
    this.query = Query.open(store, QuerySettings.defaults());
  }

  /** Opens a root; a folder must be there. */
  static ShownRoot open(Surroundings here, Root root) throws IOException {
    Stores stores = new Stores(here);
    try {
      return new ShownRoot(here, stores, RunOptions.open(root, stores));
    } catch (IOException | RuntimeException e) {
      stores.close();
      throw e;
    }
  }

  Query query() {
    return query;
  }

  ShardStore store() {
    return store;
  }

  /** Finds runs by what people call them. */
  RunFinder finder(Optional<String> project) {
    return new RunFinder(store, Catalog.toShow(store, fetchers), here.clock(), project);
  }

  /**
   * Finds some runs, in the order asked for, each once.
   *
   * @throws IOException if one of them cannot be found
   */
  List<RunSnapshot> runs(Optional<String> project, List<String> names) throws IOException {
    RunFinder finder = finder(project);
    List<RunKey> keys = new ArrayList<>();
    for (String name : names) {
      keys.add(finder.find(name));
    }
    List<RunSnapshot> runs = new ArrayList<>();
    for (RunKey key : keys.stream().distinct().toList()) {
      query.runs(key.project()).stream()
          .filter(run -> run.key().equals(key))
          .findFirst()
          .ifPresent(runs::add);
    }
    return runs;
  }

  @Override
  public void close() throws IOException {
    query.close();
    fetchers.close();
    store.close();
    stores.close();
  }
}
