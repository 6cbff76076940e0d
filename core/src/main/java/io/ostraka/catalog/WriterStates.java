package io.ostraka.catalog;

import io.ostraka.WriterId;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules for the state of a writer and of a run. */
public final class WriterStates {
  /** How many heartbeat intervals may pass before a writer is taken for crashed. */
  static final int INTERVALS = 4;

  private WriterStates() {}

  /**
   * The state of a writer.
   *
   * @param hasEnd whether its {@code end.json} exists, be it readable or not
   * @param card its last card
   * @param lastActivity when it last wrote anything, by the store's clock
   * @param now the time by the same clock
   */
  public static WriterState ofWriter(boolean hasEnd, Card card, Instant lastActivity, Instant now) {
    return switch (card.state()) {
      case "failed" -> WriterState.FAILED;
      case "finished" -> WriterState.FINISHED;
      case "stalled" -> hasEnd ? WriterState.FINISHED : WriterState.STALLED;
      default -> {
        if (hasEnd) {
          yield WriterState.FINISHED;
        }
        yield isSilent(card, lastActivity, now) ? WriterState.CRASHED : WriterState.RUNNING;
      }
    };
  }

  /** The state of a run over those of its writers that {@link #counting count}. */
  static WriterState ofRun(List<WriterSnapshot> writers) {
    Set<WriterState> states = new HashSet<>();
    counting(writers).forEach(writer -> states.add(writer.state()));
    return List.of(
            WriterState.RUNNING, WriterState.STALLED, WriterState.FAILED, WriterState.CRASHED)
        .stream()
        .filter(states::contains)
        .findFirst()
        .orElse(WriterState.FINISHED);
  }

  /**
   * The writers that are neither superseded nor forked children; all of them where none is left,
   * which no writer of ours makes.
   */
  static List<WriterSnapshot> counting(List<WriterSnapshot> writers) {
    Set<WriterId> superseded = new HashSet<>();
    for (WriterSnapshot writer : writers) {
      for (WriterId older : writer.card().supersedes()) {
        if (!older.equals(writer.key().writer())) {
          superseded.add(older);
        }
      }
    }
    List<WriterSnapshot> counting =
        writers.stream()
            .filter(writer -> !superseded.contains(writer.key().writer()))
            .filter(writer -> writer.card().parentWriter().isEmpty())
            .toList();
    return counting.isEmpty() ? writers : counting;
  }

  private static boolean isSilent(Card card, Instant lastActivity, Instant now) {
    double ageSeconds = Duration.between(lastActivity, now).toMillis() / 1e3;
    return ageSeconds > INTERVALS * card.heartbeatSeconds();
  }
}
