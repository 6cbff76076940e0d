package io.ostraka.drain;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that waiting rows of all drainers of a process may take together, so that any number
 * of journals fits into a small process. Who gets none leaves its rows in the journal and asks
 * again; who holds some seals what it has sooner while others ask in vain. Rows are let go of once
 * they are encoded on the local disk, so that a store that is away holds nothing. Safe for threads.
 */
public final class RowMemory {
  private static final long USUAL_BYTES = 48L << 20;

  private final long limitBytes;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicInteger asking = new AtomicInteger();

  /** Memory of so many bytes. */
  public RowMemory(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** As much as suits the agent's heap. */
  public static RowMemory usual() {
    return new RowMemory(USUAL_BYTES);
  }

  /** How much is taken now, in bytes. */
  long takenBytes() {
    return taken.get();
  }

  /** What one drainer has taken. Not safe for threads. */
  final class Share {
    private long bytes;
    private boolean refused;

    /** Takes some more; whoever is the only one gets whatever it asks for. */
    boolean tryTake(long more) {
      long before = taken.get();
      while (before == bytes || before + more <= limitBytes) {
        if (taken.compareAndSet(before, before + more)) {
          bytes += more;
          refused(false);
          return true;
        }
        before = taken.get();
      }
      refused(true);
      return false;
    }

    /** Says what the rows really take. */
    void set(long actual) {
      taken.addAndGet(actual - bytes);
      bytes = actual;
    }

    /** Lets go of everything. */
    void clear() {
      set(0);
      refused(false);
    }

    /** Whether this drainer or another one asks in vain. */
    boolean isScarce() {
      return asking.get() > 0;
    }

    long bytes() {
      return bytes;
    }

    private void refused(boolean now) {
      if (now != refused) {
        refused = now;
        asking.addAndGet(now ? 1 : -1);
      }
    }
  }

  /** A share of which nothing is taken yet. */
  Share share() {
    return new Share();
  }
}
