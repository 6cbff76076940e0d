package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.query.filter.Filter;
import io.ostraka.query.filter.NearNames;
import io.ostraka.query.filter.SortKey;
import io.ostraka.query.runs.RunRow;
import io.ostraka.query.runs.TableAnswer;
import io.ostraka.query.runs.TableRequest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The runs that an export takes, by project and in the order of their ids. */
final class ExportedRuns {
  private static final List<SortKey> BY_ID = SortKey.parseList("run");

  private final Map<RunKey, RunRow> rows;

  private ExportedRuns(Map<RunKey, RunRow> rows) {
    this.rows = rows;
  }

  /**
   * Chooses runs.
   *
   * @param names of runs; all if there are none
   * @param filter that they match too
   * @throws IOException if a name is that of no run, or no run is left
   */
  static ExportedRuns choose(
      Surroundings here,
      ShownRoot root,
      Optional<String> project,
      List<String> names,
      FilterOption filter)
      throws IOException {
    Filter which = filter.parse(here);
    RunFinder finder = root.finder(project);
    Set<RunKey> named = new LinkedHashSet<>();
    for (String name : names) {
      named.add(finder.find(name));
    }
    Map<RunKey, RunRow> rows = new LinkedHashMap<>();
    for (String one : finder.projects().stream().sorted().toList()) {
      boolean isAsked = named.isEmpty() || named.stream().anyMatch(k -> k.project().equals(one));
      if (isAsked) {
        add(root, one, which, named, rows);
      }
    }
    if (rows.isEmpty()) {
      throw new NoSuchFileException(
          String.valueOf(root.store().root()),
          null,
          filter.text() == null
              ? "there are no runs to export"
              : "no run matches the filter " + filter.text() + ", so there is nothing to export");
    }
    return new ExportedRuns(rows);
  }

  private static void add(
      ShownRoot root, String project, Filter which, Set<RunKey> named, Map<RunKey, RunRow> rows)
      throws IOException {
    int offset = 0;
    TableAnswer page;
    do {
      page =
          root.query()
              .table()
              .page(new TableRequest(project, which, BY_ID, offset, TableRequest.MOST));
      for (RunRow row : page.rows()) {
        RunKey key = new RunKey(project, row.run());
        if (named.isEmpty() || named.contains(key)) {
          rows.put(key, row);
        }
      }
      offset += page.rows().size();
    } while (offset < page.matched() && !page.rows().isEmpty());
  }

  int count() {
    return rows.size();
  }

  /** The metrics of these runs. */
  Set<String> metrics() {
    Set<String> names = new TreeSet<>();
    rows.values().forEach(row -> names.addAll(row.metrics().keySet()));
    return names;
  }

  boolean contains(RunKey run) {
    return rows.containsKey(run);
  }

  /** The runs with all that is known of them without their points. */
  Map<RunKey, RunRow> rows() {
    return rows;
  }

  /**
   * The metrics that some patterns mean.
   *
   * @param patterns in which {@code *} stands for any characters and {@code ?} for one
   * @param known the metrics that there are
   * @return none if there is no pattern, which means all
   * @throws NoSuchFileException if a pattern means none
   */
  static List<String> chosen(List<String> patterns, Set<String> known) throws NoSuchFileException {
    List<String> names = new ArrayList<>();
    for (String pattern : patterns) {
      Pattern regex = regex(pattern);
      List<String> meant = known.stream().filter(name -> regex.matcher(name).matches()).toList();
      if (meant.isEmpty()) {
        throw new NoSuchFileException(
            "--metric " + pattern, null, "no such metric in these runs; " + near(pattern, known));
      }
      names.addAll(meant);
    }
    return names.stream().distinct().toList();
  }

  private static String near(String pattern, Set<String> known) {
    String near =
        NearNames.of(List.of(pattern), known).stream()
            .map(name -> '"' + name + '"')
            .collect(Collectors.joining(", "));
    return near.isEmpty() ? "there are none" : "the nearest are " + near;
  }

  private static Pattern regex(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
