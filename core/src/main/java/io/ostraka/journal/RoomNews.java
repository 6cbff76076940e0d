package io.ostraka.journal;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Whether appends find room, how long they wait for it, and what a person is told: once that points
 * are dropped, once that there is room again, once that the spool is half full. Used under the lock
 * of its {@link JournalWriter}.
 */
final class RoomNews {
  private static final long LOOK_AGAIN_NANOS = 250_000_000;

  private final Path spool;
  private final JournalLimits limits;
  private final SpoolRoom room;
  private final ControlFile control;

  /** Whether it was waited for room in vain. */
  private boolean full;

  /** Until which tick of the system's clock appends wait for room, 0 while there is some. */
  private long waitUntil;

  /** Before which tick nobody looks for room again, once it was waited for in vain. */
  private long lookAgainAt;

  private boolean saidFull;
  private boolean saidRoom;
  private boolean saidHalf;

  RoomNews(Path spool, JournalLimits limits, SpoolRoom room, ControlFile control) {
    this.spool = spool;
    this.limits = limits;
    this.room = room;
    this.control = control;
  }

  /** Whether it was waited for room in vain, and none was found since. */
  boolean isFull() {
    return full;
  }

  /** Whether there was no room a moment ago, so that it is too early to look for some. */
  boolean isLookedForLater() {
    return full && System.nanoTime() - lookAgainAt < 0;
  }

  /** All threads wait together and once: who comes later does not wait longer. */
  boolean isWorthWaiting() {
    long now = System.nanoTime();
    if (waitUntil == 0) {
      waitUntil = Math.max(1, now + limits.fullWait().toNanos());
    }
    return !full && waitUntil - now > 0;
  }

  /** Notes that nobody waits any longer, and points are dropped. */
  void foundNone(IOException why) {
    full = true;
    lookAgainAt = System.nanoTime() + LOOK_AGAIN_NANOS;
    if (!saidFull) {
      saidFull = true;
      String advice =
          control
              .lastError()
              .map(error -> "Nothing is published now: " + error)
              .orElse(
                  "What is published makes room; ostraka publish --spool "
                      + spool
                      + " does so too");
      limits
          .say()
          .accept(
              "%s; until there is room, points are dropped and counted, and training goes on. %s"
                  .formatted(because(why), advice));
    }
  }

  private String because(IOException why) {
    String message = String.valueOf(why.getMessage());
    return message.startsWith("The spool")
        ? message
        : "No room in the spool " + spool + ": " + message;
  }

  /**
   * Notes that there is room.
   *
   * @param dropped how many points were dropped so far
   */
  void foundRoom(long dropped) {
    if (full && !saidRoom) {
      saidRoom = true;
      limits
          .say()
          .accept(
              "There is room again in %s: logging goes on after %d dropped points"
                  .formatted(spool, dropped));
    }
    full = false;
    waitUntil = 0;
    if (!saidHalf && room.isHalfFull()) {
      saidHalf = true;
      limits
          .say()
          .accept(
              "The spool %s is half full (%s): its journals wait to be published; ostraka publish does so in the foreground"
                  .formatted(spool, room.shown()));
    }
  }
}
