package io.ostraka.drain;

import io.ostraka.journal.SpoolRoom;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What waits in a spool, and who looks after it. Reads, and changes nothing.
 *
 * @param spool the spool
 * @param agent the process that looks after it, as it noted itself: its number and since when;
 *     empty if it noted nothing, absent if there is none
 * @param usedBytes about how much space it takes
 * @param freeBytes how much is free on its disk
 * @param journals one for each writer of which something lies there
 */
public record SpoolStatus(
    Spool spool,
    Optional<String> agent,
    long usedBytes,
    long freeBytes,
    List<JournalStatus> journals) {

  /**
   * Looks at a spool.
   *
   * @param stores opens the roots, where the drainers' opinions of the writers are
   * @throws IOException if it cannot be read
   */
  public static SpoolStatus read(Path folder, StoreOpener stores, InstantSource clock)
      throws IOException {
    Spool spool = Spool.open(folder);
    List<JournalStatus> journals = new ArrayList<>();
    Set<URI> away = new HashSet<>();
    for (var writer : spool.writers()) {
      JournalStatus.read(spool.files(writer), stores, away, clock).ifPresent(journals::add);
    }
    Optional<String> agent =
        AliveLock.isHeld(spool.agentLock())
            ? Optional.of(AliveLock.noted(spool.agentLock()).strip())
            : Optional.empty();
    long free = Files.getFileStore(folder).getUsableSpace();
    return new SpoolStatus(spool, agent, SpoolRoom.usedBytes(folder), free, journals);
  }
}
