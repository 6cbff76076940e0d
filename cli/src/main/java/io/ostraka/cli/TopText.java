package io.ostraka.cli;

import io.ostraka.cli.draw.Numbers;
import io.ostraka.cli.draw.Spark;
import io.ostraka.query.Query;
import io.ostraka.query.filter.Field;
import io.ostraka.query.runs.RunDiff;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The best runs as {@code ostraka top} prints them for a person: a line each, with a plot, and as
 * many of the settings in which they differ as find room.
 */
final class TopText {
  private static final int WIDEST_SPARK = 32;
  private static final int LEAST_SPARK = 10;
  private static final int WIDEST_NAME = 32;
  private static final int WIDEST_SETTING = 20;
  private static final int BETWEEN = 2;
  private static final String CONFIG = "config.";

  private final Screen screen;

  TopText(Screen screen) {
    this.screen = screen;
  }

  /** A column of the table. */
  private record Column(String head, List<String> cells, boolean isToTheRight) {
    int width() {
      int widest = cells.stream().mapToInt(TextTable::width).max().orElse(0);
      return Math.max(TextTable.width(head), widest);
    }

    String line(int row) {
      String cell = row < 0 ? head : cells.get(row);
      String space = " ".repeat(width() - TextTable.width(cell));
      return isToTheRight ? space + cell : cell + space;
    }
  }

  String of(Query query, Ranking shown, Ranking all) throws IOException {
    List<Ranking.Place> places = shown.places();
    List<Column> columns = new ArrayList<>();
    columns.add(column("", i -> Integer.toString(i + 1), places.size(), true));
    List<String> names = names(places);
    columns.add(column("RUN", names::get, places.size(), false));
    String by = shown.order().by();
    columns.add(
        column(
            by.toUpperCase(Locale.ROOT),
            i -> Numbers.text(places.get(i).value()),
            places.size(),
            true));
    if (!by.equals("last")) {
      columns.add(
          column("LAST", i -> Numbers.text(places.get(i).summary().last()), places.size(), true));
    }
    columns.add(column("STATE", i -> places.get(i).state(), places.size(), false));
    int left = screen.columns() - columns.stream().mapToInt(c -> c.width() + BETWEEN).sum();
    List<Column> settings = new ArrayList<>();
    int spark = left >= LEAST_SPARK ? LEAST_SPARK : 0;
    int room = left - spark - BETWEEN;
    for (Column setting : settings(places)) {
      if (setting.width() <= room) {
        settings.add(setting);
        room -= setting.width() + BETWEEN;
      }
    }
    if (spark > 0) {
      spark = Math.min(WIDEST_SPARK, spark + Math.max(0, room));
      columns.add(plots(query, shown, spark));
    }
    columns.addAll(settings);
    return head(shown, all) + table(columns, places.size());
  }

  private interface Cell {
    String of(int row);
  }

  private static Column column(String head, Cell cell, int rows, boolean isToTheRight) {
    List<String> cells = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      cells.add(Screen.plain(cell.of(row)));
    }
    return new Column(head, cells, isToTheRight);
  }

  /* The name, the id where several have the same one, and the project where there are several. */
  private List<String> names(List<Ranking.Place> places) {
    boolean areOfOne = places.stream().map(Ranking.Place::project).distinct().count() == 1;
    Map<String, Long> count =
        places.stream().collect(Collectors.groupingBy(Ranking.Place::name, Collectors.counting()));
    List<String> names = new ArrayList<>();
    for (Ranking.Place place : places) {
      boolean isAmbiguous = count.getOrDefault(place.name(), 1L) > 1;
      String name = isAmbiguous ? place.row().run() : place.name();
      String full = areOfOne ? name : place.project() + "/" + name;
      names.add(screen.cut(Screen.plain(full), Math.min(WIDEST_NAME, screen.columns() / 3)));
    }
    return names;
  }

  /* The settings in which they differ, in their order. */
  private List<Column> settings(List<Ranking.Place> places) {
    RunDiff diff = RunDiff.of(places.stream().map(Ranking.Place::row).toList());
    List<Column> columns = new ArrayList<>();
    for (RunDiff.Difference difference : diff.config()) {
      Field field = difference.field();
      columns.add(
          column(
              screen.cut(Screen.plain(field.text().substring(CONFIG.length())), WIDEST_SETTING),
              i -> screen.cut(ValueText.of(difference.values().get(i)), WIDEST_SETTING),
              places.size(),
              false));
    }
    return columns;
  }

  private Column plots(Query query, Ranking ranking, int width) throws IOException {
    Map<String, List<String>> runs = new HashMap<>();
    for (Ranking.Place place : ranking.places()) {
      runs.computeIfAbsent(place.project(), name -> new ArrayList<>()).add(place.row().run());
    }
    Map<String, MetricLines> lines = new HashMap<>();
    for (Map.Entry<String, List<String>> project : runs.entrySet()) {
      List<String> metrics = List.of(ranking.metric());
      lines.put(
          project.getKey(),
          MetricLines.of(query, project.getKey(), project.getValue(), metrics, width));
    }
    return column(
        "",
        row -> {
          Ranking.Place place = ranking.places().get(row);
          return Optional.ofNullable(lines.get(place.project()))
              .flatMap(found -> found.curve(place.row().run(), ranking.metric(), width))
              .map(curve -> Spark.of(curve, screen.hasUnicode()))
              .orElse("");
        },
        ranking.places().size(),
        false);
  }

  private String head(Ranking shown, Ranking all) {
    String order = shown.order().isGreatestFirst() ? "greatest first" : "least first";
    int count = all.places().size();
    String which =
        shown.places().size() == count
            ? count == 1 ? "The only run" : "All " + Numbers.count(count) + " runs"
            : "The first " + shown.places().size() + " of " + Numbers.count(count) + " runs";
    return "%s with %s, by %s, %s%n%n"
        .formatted(which, screen.bold(Screen.plain(shown.metric())), shown.order().by(), order);
  }

  private String table(List<Column> columns, int rows) {
    StringBuilder text = new StringBuilder();
    for (int row = -1; row < rows; row++) {
      StringBuilder line = new StringBuilder();
      for (Column column : columns) {
        line.append(line.isEmpty() ? "" : " ".repeat(BETWEEN)).append(column.line(row));
      }
      String stripped = line.toString().stripTrailing();
      text.append(row < 0 ? screen.dim(stripped) : stripped).append('\n');
    }
    return text.toString();
  }
}
