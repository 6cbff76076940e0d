package io.ostraka.catalog;

import io.ostraka.store.CardChange;
import io.ostraka.store.Listing;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** A store in which something happens once, right after the first listing was made. */
final class MergesUnderTheReader implements ShardStore {
  private final ShardStore store;
  private final Event event;
  private boolean happened;

  MergesUnderTheReader(ShardStore store, Event event) {
    this.store = store;
    this.event = event;
  }

  @Override
  public Listing list(String prefix) throws IOException {
    Listing listing = store.list(prefix);
    if (!happened) {
      happened = true;
      event.happen();
    }
    return listing;
  }

  @Override
  public URI root() {
    return store.root();
  }

  @Override
  public List<String> listNames(String prefix) throws IOException {
    return store.listNames(prefix);
  }

  @Override
  public byte[] read(String key) throws IOException {
    return store.read(key);
  }

  @Override
  public LocalCopy open(String key) throws IOException {
    return store.open(key);
  }

  @Override
  public void publish(String key, Path sealed) throws IOException {
    store.publish(key, sealed);
  }

  @Override
  public void create(String key, byte[] bytes) throws IOException {
    store.create(key, bytes);
  }

  @Override
  public void replace(String key, byte[] bytes) throws IOException {
    store.replace(key, bytes);
  }

  @Override
  public void edit(String key, CardChange change) throws IOException {
    store.edit(key, change);
  }

  @Override
  public void delete(String key) throws IOException {
    store.delete(key);
  }

  @Override
  public boolean isPrepared(String prefix) throws IOException {
    return store.isPrepared(prefix);
  }

  @Override
  public void prepare(String prefix) throws IOException {
    store.prepare(prefix);
  }

  @Override
  public void removeUnfinished(String prefix) throws IOException {
    store.removeUnfinished(prefix);
  }

  @Override
  public void close() {
    store.close();
  }

  /** What happens. */
  interface Event {
    void happen() throws IOException;
  }
}
