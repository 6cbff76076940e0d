package io.ostraka.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Threads that wait for a store, so that as many requests are on their way at once; or none, where
 * nothing has to be waited for. Safe for threads.
 */
public final class Fetchers implements AutoCloseable {
  private static final int THREADS = 32;
  private static final int IDLE_SECONDS = 30;

  private final @Nullable ThreadPoolExecutor threads;

  private Fetchers(@Nullable ThreadPoolExecutor threads) {
    this.threads = threads;
  }

  /** Does everything on the caller's thread. */
  public static Fetchers none() {
    return new Fetchers(null);
  }

  /** Does a few things at once. */
  public static Fetchers many() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "ostraka-fetch");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return new Fetchers(threads);
  }

  /**
   * Does everything, and returns what came of it in the same order. After a failure nothing more is
   * begun.
   *
   * @param undo what to do with results if another task fails
   */
  public <T> List<T> all(List<? extends Callable<T>> tasks, Consumer<T> undo) throws IOException {
    List<Future<T>> futures = new ArrayList<>(tasks.size());
    for (Callable<T> task : tasks) {
      FutureTask<T> future = new FutureTask<>(task);
      if (threads == null || tasks.size() == 1) {
        future.run();
      } else {
        threads.execute(future);
      }
      futures.add(future);
    }
    List<T> done = new ArrayList<>(tasks.size());
    Throwable failure = null;
    for (Future<T> future : futures) {
      try {
        done.add(uninterrupted(future));
      } catch (ExecutionException e) {
        failure = failure == null ? e.getCause() : failure;
        futures.forEach(other -> other.cancel(false));
      } catch (CancellationException e) {
        // Another one failed.
      }
    }
    if (failure != null) {
      done.forEach(undo);
      throw thrown(failure);
    }
    return done;
  }

  private static <T> T uninterrupted(Future<T> future) throws ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static IOException thrown(Throwable failure) {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    return failure instanceof IOException e ? e : new IOException(failure);
  }

  @Override
  public void close() {
    if (threads != null) {
      threads.shutdown();
    }
  }
}
