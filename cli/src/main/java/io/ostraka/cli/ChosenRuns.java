package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.query.Query;
import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.Filter;
import io.ostraka.query.filter.FilterSyntaxException;
import io.ostraka.query.filter.SortKey;
import io.ostraka.query.runs.RunRow;
import io.ostraka.query.runs.TableAnswer;
import io.ostraka.query.runs.TableRequest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The runs that a person chose by a filter and in an order of theirs. */
final class ChosenRuns {
  private final TableRequest request;
  private final List<Field> columns;

  private ChosenRuns(TableRequest request, List<Field> columns) {
    this.request = request;
    this.columns = columns;
  }

  /**
   * Reads what was asked.
   *
   * @throws FilterSyntaxException if it does not parse
   * @throws IllegalArgumentException if a number is out of range
   */
  static ChosenRuns parse(
      String project,
      @Nullable String filter,
      @Nullable String sort,
      @Nullable Integer limit,
      Instant now) {
    Filter parsed = filter == null ? Filter.none() : Filter.parse(filter, now);
    List<SortKey> keys = sort == null ? List.of() : SortKey.parseList(sort);
    int most = limit == null ? TableRequest.MOST : limit;
    Set<Field> columns = new LinkedHashSet<>(parsed.fields());
    keys.forEach(key -> columns.add(key.field()));
    columns.removeIf(field -> field instanceof Field.OfRun);
    return new ChosenRuns(new TableRequest(project, parsed, keys, 0, most), List.copyOf(columns));
  }

  /** The fields of configuration and summary that the filter or the order asks for. */
  List<Field> columns() {
    return columns;
  }

  /**
   * What was found: the same runs as rows and as their listing has them.
   *
   * @param notes what a person should know, a line each
   */
  record Found(List<RunRow> rows, List<RunSnapshot> runs, List<String> notes) {}

  Found find(Query query, Catalog catalog) throws IOException {
    TableAnswer answer;
    try {
      answer = query.table().page(request);
    } catch (IllegalArgumentException e) {
      throw new WrongCall(Failure.line(e));
    }
    List<RunRow> rows = new ArrayList<>();
    List<RunSnapshot> runs = new ArrayList<>();
    for (RunRow row : answer.rows()) {
      try {
        runs.add(catalog.run(new RunKey(request.project(), row.run())));
        rows.add(row);
      } catch (NoSuchFileException e) {
        // Deleted since the table was made.
      }
    }
    List<String> notes = new ArrayList<>(answer.notes());
    answer.problems().stream().map(Problem::message).forEach(notes::add);
    if (answer.matched() > answer.rows().size()) {
      notes.add(answer.rows().size() + " of the " + answer.matched() + " runs that match");
    }
    return new Found(rows, runs, notes);
  }

  /** What a run has in the columns. */
  List<String> cells(RunRow row) {
    return columns.stream().map(column -> ValueText.of(row.value(column))).toList();
  }
}
