package io.ostraka.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.query.filter.Value;
import io.ostraka.query.runs.RunDiff;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * In what runs differ, by kind.
 *
 * @param kinds settings, outcomes, code, command; those in which they differ
 * @param same how many values are the same in all of them
 */
record Differences(List<Kind> kinds, int same) {
  Differences {
    kinds = List.copyOf(kinds);
  }

  /** One kind of values in which some runs differ. */
  record Kind(String name, List<Line> lines) {
    Kind {
      lines = List.copyOf(lines);
    }
  }

  /**
   * One value in which some runs differ.
   *
   * @param field its name within its kind
   * @param name its name as a filter has it; for code and command the same
   * @param values each run's, in their order, null where it has none
   */
  record Line(String field, String name, List<@Nullable Value> values) {
    Line {
      values = Collections.unmodifiableList(new ArrayList<>(values));
    }
  }

  static Differences of(List<RunSnapshot> runs, RunDiff diff) {
    List<Kind> kinds = new ArrayList<>();
    kinds.add(new Kind("config", lines(diff.config(), "config.")));
    kinds.add(new Kind("summary", lines(diff.summary(), "summary.")));
    Facts facts = new Facts();
    kinds.add(new Kind("git", facts.git(runs)));
    kinds.add(new Kind("command", facts.command(runs)));
    kinds.removeIf(kind -> kind.lines().isEmpty());
    return new Differences(kinds, diff.same() + facts.same);
  }

  private static List<Line> lines(List<RunDiff.Difference> differences, String prefix) {
    return differences.stream()
        .map(
            difference -> {
              String name = difference.field().text();
              return new Line(name.substring(prefix.length()), name, difference.values());
            })
        .toList();
  }

  /** Compares what cards say of code and command. */
  private static final class Facts {
    private int same;

    List<Line> git(List<RunSnapshot> runs) {
      List<JsonNode> cards = new ArrayList<>();
      Set<String> names = new LinkedHashSet<>();
      for (RunSnapshot run : runs) {
        JsonNode git = run.card().json().path("git");
        cards.add(git);
        git.properties().stream().map(Map.Entry::getKey).forEach(names::add);
      }
      List<Line> lines = new ArrayList<>();
      for (String name : names) {
        List<@Nullable Value> values = new ArrayList<>();
        cards.forEach(card -> values.add(Value.of(card.path(name))));
        add(name, values, lines);
      }
      return lines;
    }

    List<Line> command(List<RunSnapshot> runs) {
      List<Line> lines = new ArrayList<>();
      List<@Nullable Value> values = new ArrayList<>();
      for (RunSnapshot run : runs) {
        Optional<String> command = ShowText.command(run.card());
        values.add(command.map(Value.Text::new).orElse(null));
      }
      if (values.stream().anyMatch(value -> value != null)) {
        add("command", values, lines);
      }
      return lines;
    }

    private void add(String name, List<@Nullable Value> values, List<Line> lines) {
      if (values.stream().distinct().count() > 1) {
        lines.add(new Line(name, name, values));
      } else {
        same++;
      }
    }
  }
}
