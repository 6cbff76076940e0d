package io.ostraka.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A store whose n-th call fails, before the bytes land or after: a put that timed out may have
 * landed. Calls are counted from 1 over everything that talks to the store. Safe for threads.
 */
public class FlakyShardStore implements ShardStore {
  /** When a call fails. */
  public enum Moment {
    /** Nothing was done. */
    BEFORE,
    /** It was done, and the caller is told that it failed. */
    AFTER,
    /** It does not fail. */
    NEVER
  }

  private final ShardStore store;
  private final Map<Integer, Moment> failures = new HashMap<>();
  private final List<String> calls = new ArrayList<>();

  /** A store that fails as told by {@link #fail} and else does what another does. */
  public FlakyShardStore(ShardStore store) {
    this.store = store;
  }

  /** Lets a call fail, once. */
  public synchronized FlakyShardStore fail(int call, Moment moment) {
    failures.put(call, moment);
    return this;
  }

  /** Lets the next call fail. */
  public synchronized FlakyShardStore failNext(Moment moment) {
    return fail(calls.size() + 1, moment);
  }

  /** What was called so far, as {@code method key}. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public URI root() {
    return store.root();
  }

  @Override
  public Listing list(String prefix) throws IOException {
    return call("list " + prefix, () -> store.list(prefix));
  }

  @Override
  public List<String> listNames(String prefix) throws IOException {
    return call("listNames " + prefix, () -> store.listNames(prefix));
  }

  @Override
  public Map<String, Instant> settledFolders(Collection<String> prefixes) throws IOException {
    return call("settledFolders", () -> store.settledFolders(prefixes));
  }

  @Override
  public byte[] read(String key) throws IOException {
    return call("read " + key, () -> store.read(key));
  }

  @Override
  public LocalCopy open(String key) throws IOException {
    return call("open " + key, () -> store.open(key));
  }

  @Override
  public LocalCopy openAnew(String key) throws IOException {
    return call("open " + key, () -> store.openAnew(key));
  }

  @Override
  public void publish(String key, Path sealed) throws IOException {
    run("publish " + key, () -> store.publish(key, sealed));
  }

  @Override
  public void create(String key, byte[] bytes) throws IOException {
    run("create " + key, () -> store.create(key, bytes));
  }

  @Override
  public void replace(String key, byte[] bytes) throws IOException {
    run("replace " + key, () -> store.replace(key, bytes));
  }

  @Override
  public void edit(String key, CardChange change) throws IOException {
    run("edit " + key, () -> store.edit(key, change));
  }

  @Override
  public void delete(String key) throws IOException {
    run("delete " + key, () -> store.delete(key));
  }

  @Override
  public boolean isPrepared(String prefix) throws IOException {
    return call("isPrepared " + prefix, () -> store.isPrepared(prefix));
  }

  @Override
  public void prepare(String prefix) throws IOException {
    run("prepare " + prefix, () -> store.prepare(prefix));
  }

  @Override
  public void removeUnfinished(String prefix) throws IOException {
    run("removeUnfinished " + prefix, () -> store.removeUnfinished(prefix));
  }

  @Override
  public List<StoredObject> unfinished(String prefix) throws IOException {
    return call("unfinished " + prefix, () -> store.unfinished(prefix));
  }

  @Override
  public int removeUnfinished(String prefix, Instant before) throws IOException {
    return call("removeUnfinished " + prefix, () -> store.removeUnfinished(prefix, before));
  }

  @Override
  public List<StoredObject> emptyFolders(String prefix) throws IOException {
    return call("emptyFolders " + prefix, () -> store.emptyFolders(prefix));
  }

  @Override
  public void removeEmptyFolders(String prefix) throws IOException {
    run("removeEmptyFolders " + prefix, () -> store.removeEmptyFolders(prefix));
  }

  @Override
  public void close() {
    store.close();
  }

  /** A call begins: when does it fail? */
  protected synchronized Moment begin(String what) {
    calls.add(what);
    return failures.getOrDefault(calls.size(), Moment.NEVER);
  }

  /** A call was done, and is not answered yet. */
  protected void done(String what) {}

  private <T> T call(String what, Call<T> call) throws IOException {
    Moment moment = begin(what);
    if (moment == Moment.BEFORE) {
      throw new IOException("Cannot " + what + ": made to fail before it was done");
    }
    T result = call.make();
    done(what);
    if (moment == Moment.AFTER) {
      if (result instanceof LocalCopy copy) {
        copy.close();
      }
      throw new IOException("Cannot " + what + ": made to fail after it was done");
    }
    return result;
  }

  private void run(String what, Step step) throws IOException {
    call(
        what,
        () -> {
          step.run();
          return what;
        });
  }

  private interface Call<T> {
    T make() throws IOException;
  }

  private interface Step {
    void run() throws IOException;
  }
}
