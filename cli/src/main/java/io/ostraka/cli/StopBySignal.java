package io.ostraka.cli;

import io.ostraka.sync.Sync;
import io.ostraka.sync.SyncResult;
import io.ostraka.sync.SyncStoppedException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends a sync when a signal ends this process: what is being copied at that moment is copied, so
 * that nothing half written stays, and one line is said.
 */
final class StopBySignal implements AutoCloseable {
  /** An object that takes longer is copied anew the next time. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Sync sync;
  private final PrintStream err;
  private final SyncBar bar;
  private final Thread hook = new Thread(this::stop, "stop");
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean said = new AtomicBoolean();

  StopBySignal(Sync sync, PrintStream err, SyncBar bar) {
    this.sync = sync;
    this.err = err;
    this.bar = bar;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** What is done until a signal comes. */
  interface Copying {
    SyncResult run() throws IOException, InterruptedException;
  }

  /** Waits, or until a signal comes. */
  void pause(Duration time) throws InterruptedException {
    stopping.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Copies; when a signal comes this does not return, since the process ends. */
  SyncResult unlessStopped(Copying copying) throws IOException, InterruptedException {
    try {
      return copying.run();
    } catch (SyncStoppedException e) {
      say();
      stopped.countDown();
      ViewCommand.untilInterrupted();
      throw e;
    }
  }

  private void stop() {
    sync.stop();
    stopping.countDown();
    try {
      stopped.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    say();
  }

  private void say() {
    if (said.compareAndSet(false, true)) {
      bar.end();
      err.println(
          "Stopped; "
              + SyncText.amount(sync.result().all())
              + " were copied, and the same command goes on from there");
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // The process ends.
    }
  }
}
