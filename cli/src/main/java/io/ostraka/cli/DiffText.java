package io.ostraka.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.cli.draw.Numbers;
import io.ostraka.query.filter.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Differences of runs, side by side where the screen is wide enough, else one below the other. */
final class DiffText {
  private static final int LEAST_VALUE = 12;
  private static final int BETWEEN = 2;

  private final Screen screen;

  DiffText(Screen screen) {
    this.screen = screen;
  }

  String of(List<RunSnapshot> runs, Differences found) {
    List<String> names = names(runs);
    StringBuilder text = new StringBuilder();
    int fields =
        found.kinds().stream()
            .flatMap(kind -> kind.lines().stream())
            .mapToInt(line -> TextTable.width(Screen.plain(line.field())))
            .max()
            .orElse(0);
    int forField = Math.min(fields, screen.columns() / 3);
    int forValue = (screen.columns() - BETWEEN - forField) / runs.size() - BETWEEN;
    if (found.kinds().isEmpty()) {
      text.append("No differences between ").append(String.join(", ", names)).append('\n');
    } else if (forValue < LEAST_VALUE) {
      below(names, found, text);
    } else {
      beside(names, found, forField, forValue, text);
    }
    text.append(found.kinds().isEmpty() ? "" : "\n").append(same(found.same())).append('\n');
    return text.toString();
  }

  private static String same(int same) {
    return switch (same) {
      case 0 -> "No value is the same in all of them";
      case 1 -> "1 value is the same in all of them";
      default -> same + " values are the same in all of them";
    };
  }

  /* The name, and where several have the same one, the id too. */
  private static List<String> names(List<RunSnapshot> runs) {
    List<String> names =
        runs.stream().map(run -> run.card().name().orElse(run.key().run())).toList();
    boolean areDistinct = new HashSet<>(names).size() == names.size();
    return (areDistinct ? names : runs.stream().map(run -> run.key().run()).toList())
        .stream().map(Screen::plain).toList();
  }

  private void beside(
      List<String> names, Differences found, int forField, int forValue, StringBuilder text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> heads = new ArrayList<>(List.of(""));
    names.forEach(name -> heads.add(screen.cut(name, forValue)));
    rows.add(heads);
    for (Differences.Kind kind : found.kinds()) {
      for (Differences.Line line : kind.lines()) {
        List<String> cells = new ArrayList<>();
        cells.add(screen.cut(Screen.plain(line.field()), forField));
        texts(line).forEach(value -> cells.add(screen.cut(value, forValue)));
        rows.add(cells);
      }
    }
    int[] widths = new int[heads.size()];
    rows.forEach(
        row -> {
          for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], TextTable.width(row.get(i)));
          }
        });
    text.append(screen.bold(line(rows.get(0), widths))).append('\n');
    int row = 1;
    for (Differences.Kind kind : found.kinds()) {
      text.append(screen.bold(kind.name())).append('\n');
      for (int i = 0; i < kind.lines().size(); i++) {
        text.append(line(rows.get(row++), widths)).append('\n');
      }
    }
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(" ".repeat(BETWEEN)).append(cells.get(i));
      line.append(" ".repeat(widths[i] - TextTable.width(cells.get(i))));
    }
    return line.toString().stripTrailing();
  }

  private void below(List<String> names, Differences found, StringBuilder text) {
    int width =
        Math.min(screen.columns() / 2, names.stream().mapToInt(TextTable::width).max().orElse(0));
    for (Differences.Kind kind : found.kinds()) {
      for (Differences.Line line : kind.lines()) {
        text.append(screen.bold(Screen.plain(line.name()))).append('\n');
        List<String> values = texts(line);
        for (int i = 0; i < names.size(); i++) {
          String name = screen.cut(names.get(i), width);
          String space = " ".repeat(width - TextTable.width(name) + BETWEEN);
          int rest = Math.max(LEAST_VALUE, screen.columns() - width - 2 * BETWEEN);
          String value = screen.cut(values.get(i), rest);
          text.append(("  " + name + space + value).stripTrailing()).append('\n');
        }
      }
    }
  }

  /* Outcomes are rounded, unless that would make different ones look the same. */
  private List<String> texts(Differences.Line line) {
    List<String> exact = line.values().stream().map(this::exact).toList();
    if (!line.name().startsWith("summary.")) {
      return exact;
    }
    List<String> rounded = line.values().stream().map(this::rounded).toList();
    boolean tellsAllApart = new HashSet<>(rounded).size() == new HashSet<>(exact).size();
    return tellsAllApart ? rounded : exact;
  }

  private String exact(@Nullable Value value) {
    return value == null ? (screen.hasUnicode() ? "·" : "-") : ValueText.of(value);
  }

  private String rounded(@Nullable Value value) {
    return value instanceof Value.Real real ? Numbers.text(real.value()) : exact(value);
  }

  /** The differences as the viewer's interface has them, with code and command. */
  static String json(List<RunSnapshot> runs, Differences found) throws JsonProcessingException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode all = json.putArray("runs");
    for (RunSnapshot run : runs) {
      all.addObject()
          .put("project", run.key().project())
          .put("run", run.key().run())
          .put("name", run.card().name().orElse(null))
          .put("state", run.state().text());
    }
    for (String kind : new String[] {"config", "summary", "git", "command"}) {
      json.putArray(kind);
    }
    for (Differences.Kind kind : found.kinds()) {
      ArrayNode lines = (ArrayNode) json.path(kind.name());
      for (Differences.Line line : kind.lines()) {
        ObjectNode one = lines.addObject().put("field", line.name());
        ArrayNode values = one.putArray("values");
        line.values()
            .forEach(value -> values.add(value == null ? NullNode.instance : value.json()));
      }
    }
    return SnapshotJson.text(json.put("same", found.same()));
  }
}
