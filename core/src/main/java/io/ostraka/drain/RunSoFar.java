package io.ostraka.drain;

import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.WriterId;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.journal.JournalFiles;
import io.ostraka.journal.JournalHeader;
import io.ostraka.journal.JournalReader;
import io.ostraka.shard.NameTable;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A run as its root has it and, in a bucket, with the writers of which only the journal is there
 * yet: nobody but the drainer writes there, so a process that was killed early has left nothing but
 * that. In a folder every writer began by making its own.
 */
public final class RunSoFar {
  private RunSoFar() {}

  /**
   * The run, or nothing if neither root nor spool know it or people deleted it.
   *
   * @param spool the folder of a spool; it may be absent
   */
  public static Optional<RunSnapshot> find(ShardStore store, Path spool, RunKey run)
      throws IOException {
    // What vanishes from the spool is published by then, so the spool comes first.
    Map<WriterId, WriterSnapshot> waiting = waiting(store.root(), spool, run);
    try {
      return Optional.of(joined(new Catalog(store).run(run), waiting));
    } catch (NoSuchFileException e) {
      return waiting.isEmpty() ? Optional.empty() : Optional.of(unpublished(run, waiting));
    }
  }

  private static RunSnapshot joined(RunSnapshot there, Map<WriterId, WriterSnapshot> waiting) {
    List<WriterSnapshot> writers = new ArrayList<>(there.writers());
    there.writers().forEach(writer -> waiting.remove(writer.key().writer()));
    writers.addAll(waiting.values());
    writers.sort(Comparator.comparing(writer -> writer.key().writer()));
    return new RunSnapshot(there.key(), there.card(), there.state(), writers, there.problems());
  }

  private static RunSnapshot unpublished(RunKey run, Map<WriterId, WriterSnapshot> waiting) {
    List<WriterSnapshot> writers = List.copyOf(waiting.values());
    return new RunSnapshot(run, writers.get(0).card(), writers.get(0).state(), writers, List.of());
  }

  private static Map<WriterId, WriterSnapshot> waiting(URI root, Path folder, RunKey run)
      throws IOException {
    Map<WriterId, WriterSnapshot> waiting = new TreeMap<>();
    if ("file".equals(root.getScheme()) || !Files.isDirectory(folder)) {
      return waiting;
    }
    Spool spool = Spool.open(folder);
    for (WriterId writer : spool.writers()) {
      try {
        ofJournal(root, spool.files(writer), run)
            .ifPresent(snapshot -> waiting.put(writer, snapshot));
      } catch (NoSuchFileException | StreamCorruptedException | ShardFormatException e) {
        // Its writer is beginning, it was published meanwhile, or nothing can be read of it.
      }
    }
    return waiting;
  }

  private static Optional<WriterSnapshot> ofJournal(URI root, JournalFiles files, RunKey run)
      throws IOException {
    try (JournalReader reader = JournalReader.openLast(files, new NameTable())) {
      JournalHeader header = reader.header();
      if (!header.writer().run().equals(run) || !header.root().equals(root)) {
        return Optional.empty();
      }
      Card card = Card.of(header.card());
      WriterState state =
          AliveLock.isHeld(files.alive()) ? WriterState.RUNNING : WriterState.CRASHED;
      Instant begun = card.startedAt().orElse(Instant.EPOCH);
      return Optional.of(new WriterSnapshot(header.writer(), card, state, begun, Map.of()));
    }
  }
}
