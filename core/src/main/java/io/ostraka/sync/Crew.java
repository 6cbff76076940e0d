package io.ostraka.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Threads that work through a list, in its order as far as that goes. One list at a time. */
final class Crew implements AutoCloseable {
  private final int jobs;
  private final ExecutorService threads;
  private volatile boolean stopped;

  /** What is done with each element. */
  interface Work<T> {
    void on(T element) throws IOException;
  }

  Crew(int jobs) {
    this.jobs = jobs;
    this.threads =
        Executors.newFixedThreadPool(
            jobs,
            work -> {
              Thread thread = new Thread(work, "sync");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Lets nothing more begin; what is under way is ended. */
  void stop() {
    stopped = true;
  }

  /** Goes on unless it was stopped. */
  void check() throws SyncStoppedException {
    if (stopped) {
      throw new SyncStoppedException();
    }
  }

  /**
   * Works on all elements and returns when nothing is under way any more.
   *
   * @throws IOException the first failure, after which no element is begun
   * @throws SyncStoppedException if it was stopped
   */
  <T> void run(List<T> elements, Work<T> work) throws IOException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < Math.min(jobs, elements.size()); i++) {
      running.add(
          threads.submit(
              () -> {
                for (int at = next.getAndIncrement();
                    at < elements.size() && !stopped;
                    at = next.getAndIncrement()) {
                  try {
                    work.on(elements.get(at));
                  } catch (IOException | RuntimeException e) {
                    next.set(elements.size());
                    throw e;
                  }
                }
                return null;
              }));
    }
    IOException failure = null;
    for (Future<?> one : running) {
      try {
        one.get();
      } catch (ExecutionException e) {
        failure = failure == null ? asFailure(e.getCause()) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    check();
  }

  private static IOException asFailure(@Nullable Throwable cause) {
    if (cause instanceof IOException failure) {
      return failure;
    }
    throw new IllegalStateException(cause);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
