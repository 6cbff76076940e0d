package io.ostraka.cli;

import io.ostraka.WriterId;
import io.ostraka.drain.Publisher;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Draws how far publishing is: a bar that moves on a terminal, nothing elsewhere. */
final class PublishProgress implements Publisher.Progress {
  private final PrintStream out;
  private final boolean terminal;
  private final Set<WriterId> seen = new HashSet<>();
  private final Map<WriterId, Long> bytes = new ConcurrentHashMap<>();
  private boolean drawn;

  PublishProgress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void published(WriterId writer, int journal, int journals, long publishedBytes) {
    seen.add(writer);
    bytes.put(writer, publishedBytes);
    if (terminal) {
      out.print("\r" + bar(journal + 1, journals, total()));
      out.flush();
      drawn = true;
    }
  }

  static String bar(int journal, int journals, long bytes) {
    return String.format(
        Locale.ROOT,
        "%s journal %d of %d, %.1f MB published",
        Bar.of(journal, journals),
        journal,
        journals,
        bytes / 1e6);
  }

  private long total() {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many journals were published, wholly or as far as their program has come. */
  int journals() {
    return seen.size();
  }

  /** Leaves the bar's line. */
  void end() {
    if (drawn) {
      out.println();
    }
  }
}
