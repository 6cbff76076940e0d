package io.ostraka.storage.bucket;

import io.ostraka.storage.bucket.BucketSettings.Patience;
import io.ostraka.storage.bucket.RequestCounter.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Makes requests, again where that may help, and counts them. Safe for threads.
 *
 * <p>The pauses are the "full jitter" of Amazon's builders' library: a random part of a bound that
 * doubles, so that a thousand writers that failed together do not come back together. A server that
 * asks for fewer requests gets a bound ten times as large.
 */
final class Attempts {
  private static final int TOO_FAST_FACTOR = 10;

  private final Patience patience;
  private final RequestCounter counter;
  private final RandomGenerator random;
  private final Pause pause;

  /** Waits. */
  interface Pause {
    void take(Duration time) throws InterruptedException;
  }

  /** One attempt at a request. */
  interface Attempt<T> {
    /**
     * Makes the request.
     *
     * @throws BrokenAnswer if the answer broke off; it is then made again
     */
    T make() throws SdkException, BrokenAnswer, IOException;
  }

  /** An answer that began well and cannot be used: cut short, spoilt, or not a server's of S3. */
  static final class BrokenAnswer extends Exception {
    private static final long serialVersionUID = 1L;

    /** What a person is told if it stays so. */
    BrokenAnswer(String reason) {
      super(reason);
    }
  }

  /** A request that did not succeed in the end, with what it means. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    private final Outcome outcome;
    private final int attempts;
    private final transient IOException explained;

    private Failed(Outcome outcome, int attempts, IOException explained) {
      super(explained);
      this.outcome = outcome;
      this.attempts = attempts;
      this.explained = explained;
    }

    Outcome outcome() {
      return outcome;
    }

    /** Whether an attempt before the last one may have been carried out. */
    boolean mayHaveLanded() {
      return attempts > 1;
    }

    /** For whom the outcome means nothing else. */
    IOException explained() {
      return explained;
    }
  }

  Attempts(Patience patience, RequestCounter counter, RandomGenerator random, Pause pause) {
    this.patience = patience;
    this.counter = counter;
    this.random = random;
    this.pause = pause;
  }

  /**
   * Makes a request until it succeeds, cannot, or was made often enough.
   *
   * @throws Failed if it did not succeed
   * @throws IOException if the attempt itself says that something of this machine does not work
   */
  <T> T make(Kind kind, String doing, String key, BucketErrors errors, Attempt<T> attempt)
      throws Failed, IOException {
    for (int made = 1; ; made++) {
      Outcome outcome;
      IOException explained;
      counter.add(kind);
      try {
        return attempt.make();
      } catch (AbortedException e) {
        Thread.currentThread().interrupt();
        throw interrupted(doing, key, errors);
      } catch (SdkException e) {
        outcome = Outcome.of(e);
        explained = errors.explain(doing, key, kind, e);
      } catch (BrokenAnswer e) {
        outcome = Outcome.UNKNOWN;
        explained = errors.refuse(doing, key, String.valueOf(e.getMessage()));
      }
      if (!isWorthRepeating(outcome, made)) {
        throw new Failed(outcome, made, explained);
      }
      pause(outcome, made, doing, key, errors);
    }
  }

  /** Counts bytes of objects that came. */
  void received(long bytes) {
    counter.received(bytes);
  }

  private boolean isWorthRepeating(Outcome outcome, int made) {
    return switch (outcome) {
      case UNKNOWN, TOO_FAST -> made < patience.attempts();
      case CLOCK_OFF -> made == 1;
      case ABSENT, CONDITION_FAILED, NOT_IMPLEMENTED, REFUSED -> false;
    };
  }

  private void pause(Outcome outcome, int made, String doing, String key, BucketErrors errors)
      throws InterruptedIOException {
    Duration bound = patience.firstPause().multipliedBy(1L << Math.min(made - 1, 20));
    if (outcome == Outcome.TOO_FAST) {
      bound = bound.multipliedBy(TOO_FAST_FACTOR);
    }
    long longest = Math.min(bound.toNanos(), patience.longestPause().toNanos());
    try {
      pause.take(Duration.ofNanos(longest == 0 ? 0 : random.nextLong(longest)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(doing, key, errors);
    }
  }

  private static InterruptedIOException interrupted(String doing, String key, BucketErrors errors) {
    InterruptedIOException interrupted =
        new InterruptedIOException(
            errors.refuse(doing, key, "this thread was interrupted").getMessage());
    return interrupted;
  }
}
