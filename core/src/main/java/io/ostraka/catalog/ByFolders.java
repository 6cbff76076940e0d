package io.ostraka.catalog;

import io.ostraka.RunKey;
import io.ostraka.card.WriterState;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Follows a root where looking at single folders costs little.
 *
 * <p>A run that may be written is listed at every poll. One whose writers have all ended or crashed
 * is only asked for the names directly below it, which shows a resume at once; it is listed when
 * somebody left the mark of an edit, and at every 16th poll, which shows edits without a mark and a
 * writer that comes back after all. So a poll of an idle project reads a folder for each run and
 * little else.
 */
final class ByFolders {
  private static final int FULL_EVERY = 16;

  private final Catalog catalog;
  private final String project;
  private final Map<RunKey, Seen> seen = new HashMap<>();
  private String editMark = "";
  private int polls;

  ByFolders(Catalog catalog, String project) {
    this.catalog = catalog;
    this.project = project;
  }

  Set<RunKey> poll() throws IOException {
    List<String> names = catalog.namesBelow(project);
    List<RunKey> keys = Catalog.runKeys(project, names);
    boolean isEdited = names.contains(RunKey.EDIT_MARK) && isMarkNew();
    Set<RunKey> changed = new TreeSet<>();
    forgetGone(new HashSet<>(keys), changed);
    for (int i = 0; i < keys.size(); i++) {
      boolean isTurn = (i + polls) % FULL_EVERY == 0;
      if (hasChanged(keys.get(i), isTurn, isEdited)) {
        changed.add(keys.get(i));
      }
    }
    polls++;
    return changed;
  }

  private boolean isMarkNew() {
    try {
      String now = catalog.editMark(project);
      boolean isNew = !now.equals(editMark);
      editMark = now;
      return isNew;
    } catch (IOException e) {
      return false; // It is a hint; the runs' turns come without it.
    }
  }

  private void forgetGone(Set<RunKey> listed, Set<RunKey> changed) {
    seen.forEach(
        (key, before) -> {
          if (!listed.contains(key) && before.run() != null) {
            changed.add(key);
          }
        });
    seen.keySet().retainAll(listed);
  }

  private boolean hasChanged(RunKey key, boolean isTurn, boolean isEdited) {
    Seen before = seen.getOrDefault(key, Seen.NOTHING);
    try {
      List<String> names = catalog.namesBelow(key);
      boolean isDue = isTurn || (isEdited && names.contains("meta.json"));
      if (before.isQuiet() && !isDue && before.names().equals(names)) {
        return false;
      }
      Seen now = new Seen(names, snapshot(key));
      seen.put(key, now);
      return !Objects.equals(before.run(), now.run());
    } catch (IOException e) {
      return false; // Not seen, so not taken note of.
    }
  }

  private @Nullable RunSnapshot snapshot(RunKey key) throws IOException {
    try {
      return catalog.run(key);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * A run as it was seen.
   *
   * @param names what lay directly below it
   * @param run the run, or null if there was none to be shown
   */
  private record Seen(List<String> names, @Nullable RunSnapshot run) {
    static final Seen NOTHING = new Seen(List.of(), null);

    /** Whether nothing is expected of it: a folder without a card yet has its writer to come. */
    boolean isQuiet() {
      if (run == null) {
        return names.contains("meta.json") || writerFolders() == 0;
      }
      return run.writers().size() == writerFolders()
          && run.writers().stream().allMatch(writer -> isQuiet(writer.state()));
    }

    private long writerFolders() {
      return names.stream().filter(name -> ListedRun.writer(name).isPresent()).count();
    }

    private static boolean isQuiet(WriterState state) {
      return state.hasEnded() || state == WriterState.CRASHED;
    }
  }
}
