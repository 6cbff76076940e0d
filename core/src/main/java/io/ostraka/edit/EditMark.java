package io.ostraka.edit;

import io.ostraka.RunKey;
import io.ostraka.card.Card;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** What has open pages look at an edit at once. */
public final class EditMark {
  private EditMark() {}

  /**
   * Leaves a mark in a run's project; without it the edit is seen a little later.
   *
   * @param after what the edited card has become
   */
  public static void leave(ShardStore store, RunKey run, Instant now, Card after) {
    String mark = now + " " + run.run() + " " + Integer.toHexString(after.hashCode());
    try {
      store.edit(
          RunKey.editMarkKey(run.project()),
          before -> Optional.of((mark + "\n").getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      return; // The edit is made.
    }
  }
}
