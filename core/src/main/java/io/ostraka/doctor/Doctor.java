package io.ostraka.doctor;

import io.ostraka.Names;
import io.ostraka.RunKey;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Examines a root: every name, every card, every row of every shard. Writes nothing. Takes the
 * memory of a run's listing and of a few row groups, however large the root is. What is logged,
 * merged or removed meanwhile does no harm: a writer that changes under the examination is looked
 * at again.
 */
public final class Doctor {
  private static final String PROJECT = "project=";
  private static final String RUN = "run=";

  private final ShardStore store;
  private final int threads;

  /** Hears how far an examination is; called from any thread. */
  public interface Progress {
    /** The examination goes on to a run, the {@code number}-th of {@code all} from 1. */
    void run(RunKey run, int number, int all);

    /** So many bytes were read so far, of all runs. */
    void read(long bytes);
  }

  /**
   * A doctor for a root; does not close the store.
   *
   * @param threads how many shards are read at a time
   */
  public Doctor(ShardStore store, int threads) {
    this.store = store;
    this.threads = threads;
  }

  /**
   * Examines the root, or one project of it.
   *
   * @throws NoSuchFileException if there is no such project
   * @throws IOException if the root cannot be listed
   */
  public Examination examine(Optional<String> project, Progress progress) throws IOException {
    ExecutorService readers = Executors.newFixedThreadPool(threads);
    try {
      return new Examining(new Tools(store, readers, progress), progress).examine(project);
    } finally {
      readers.shutdownNow();
    }
  }

  /** One examination. */
  private final class Examining {
    private final Tools tools;
    private final Progress progress;
    private final List<Finding> findings = new ArrayList<>();

    Examining(Tools tools, Progress progress) {
      this.tools = tools;
      this.progress = progress;
    }

    Examination examine(Optional<String> project) throws IOException {
      List<String> projects = names("", PROJECT, store.listNames(""));
      if (project.isPresent() && !projects.contains(project.get())) {
        throw new NoSuchFileException(
            store.root().toString(), null, "it has no project named " + project.get());
      }
      if (project.isPresent()) {
        findings.clear(); // What lies beside the project was not asked for.
      }
      List<RunKey> runs = new ArrayList<>();
      Map<String, Set<String>> ids = new HashMap<>();
      for (String name : project.map(List::of).orElse(projects)) {
        runs.addAll(runs(name, ids));
      }
      return examine(runs, ids);
    }

    private Examination examine(List<RunKey> runs, Map<String, Set<String>> ids) {
      int writers = 0;
      int shards = 0;
      long rows = 0;
      int number = 0;
      for (RunKey run : runs) {
        progress.run(run, ++number, runs.size());
        RunExam exam = new RunExam(tools, run, ids.getOrDefault(run.project(), Set.of()));
        try {
          findings.addAll(exam.examine());
        } catch (IOException e) {
          findings.add(unreadable(run.prefix(), e));
        }
        writers += exam.writers();
        shards += exam.shards();
        rows += exam.rows();
      }
      Collections.sort(findings);
      return new Examination(runs.size(), writers, shards, rows, tools.bytes(), findings);
    }

    private List<RunKey> runs(String project, Map<String, Set<String>> ids) {
      String prefix = RunKey.projectPrefix(project);
      try {
        List<String> names = names(prefix, RUN, store.listNames(prefix));
        ids.put(project, new TreeSet<>(names));
        return names.stream().map(run -> new RunKey(project, run)).toList();
      } catch (IOException e) {
        findings.add(unreadable(prefix, e));
        return List.of();
      }
    }

    private Finding unreadable(String prefix, IOException e) {
      return new Finding(Check.UNREADABLE, prefix, String.valueOf(e.getMessage()));
    }

    /** The names that folders below a prefix stand for; says which entries stand for none. */
    private List<String> names(String prefix, String begin, List<String> entries) {
      List<String> names = new ArrayList<>();
      Map<String, String> byLowerCase = new HashMap<>();
      for (String entry : entries) {
        if (entry.startsWith("_")) {
          continue; // Derived.
        }
        if (!entry.startsWith(begin)) {
          findings.add(new Finding(Check.FOREIGN_FILE, prefix + entry, "it is no " + begin + "…"));
          continue;
        }
        Optional<String> name = Names.ofFolder(begin, entry);
        if (name.isEmpty() || name.get().indexOf('\ufffd') >= 0) {
          findings.add(
              new Finding(Check.FOLDER_NAME, prefix + entry + "/", "no name is so encoded"));
          continue;
        }
        String alike = byLowerCase.putIfAbsent(entry.toLowerCase(Locale.ROOT), entry);
        if (alike != null) {
          findings.add(new Finding(Check.CASE_ONLY, prefix + entry + "/", "there is " + alike));
        }
        names.add(name.get());
      }
      return names;
    }
  }
}
