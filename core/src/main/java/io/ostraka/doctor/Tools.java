package io.ostraka.doctor;

import io.ostraka.store.ShardStore;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** What every part of an examination works with. Safe for threads. */
final class Tools {
  private final ShardStore store;
  private final ExecutorService readers;
  private final Doctor.Progress progress;
  private final AtomicLong bytes = new AtomicLong();
  private volatile Instant now = Instant.EPOCH;

  Tools(ShardStore store, ExecutorService readers, Doctor.Progress progress) {
    this.store = store;
    this.readers = readers;
    this.progress = progress;
  }

  /** A piece of work on one of many things. */
  interface Work<T> {
    void on(T thing) throws IOException;
  }

  ShardStore store() {
    return store;
  }

  /** The time of the last listing, by the store's clock. */
  Instant now() {
    return now;
  }

  void listedAt(Instant time) {
    now = time;
  }

  /** Counts an object that was read. */
  void read(StoredObject object) {
    progress.read(bytes.addAndGet(object.sizeBytes()));
  }

  /** How many bytes were read. */
  long bytes() {
    return bytes.get();
  }

  /**
   * Works on all things, several at a time; returns when all are done.
   *
   * @throws IOException the first one that was thrown
   */
  <T> void inParallel(Collection<T> things, Work<T> work) throws IOException {
    List<Future<?>> all = new ArrayList<>();
    for (T thing : things) {
      all.add(
          readers.submit(
              () -> {
                work.on(thing);
                return thing;
              }));
    }
    IOException failure = null;
    for (Future<?> one : all) {
      try {
        one.get();
      } catch (ExecutionException e) {
        failure = failure == null ? asIo(e) : failure;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        all.forEach(left -> left.cancel(true));
        throw new IOException("Interrupted while the root was examined", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static IOException asIo(ExecutionException e) {
    if (e.getCause() instanceof IOException io) {
      return io;
    }
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    throw new IllegalStateException(e);
  }
}
