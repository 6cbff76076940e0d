package io.ostraka.query;

import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.Filter;
import io.ostraka.query.runs.Importance;
import io.ostraka.query.runs.RunDiff;
import io.ostraka.query.runs.RunFields;
import io.ostraka.query.runs.RunRow;
import io.ostraka.query.runs.TableAnswer;
import io.ostraka.query.runs.TablePage;
import io.ostraka.query.runs.TableRequest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The runs of each project as rows of a table. No points are read for a run that has ended; of a
 * running one only those that came since it was asked for before. Safe for threads.
 */
public final class RunTable {
  /** How many runs may be compared at once. */
  public static final int MOST_COMPARED = 100;

  private final RunRows rows;
  private final long freshNanos;

  RunTable(RunRows rows, long freshNanos) {
    this.rows = rows;
    this.freshNanos = freshNanos;
  }

  /**
   * A page of runs.
   *
   * @throws NoSuchFileException if there is no such project
   */
  public TableAnswer page(TableRequest request) throws IOException {
    return TablePage.of(all(request.project()), request);
  }

  /**
   * The fields that the runs of a project have.
   *
   * @throws NoSuchFileException if there is no such project
   */
  public List<RunFields.Known> fields(String project) throws IOException {
    return RunFields.of(all(project));
  }

  /**
   * In what some runs differ.
   *
   * @param runs run ids, 2 to {@link #MOST_COMPARED}
   * @throws NoSuchFileException if there is no such project or run
   */
  public RunDiff diff(String project, List<String> runs) throws IOException {
    List<String> ids = runs.stream().distinct().toList();
    if (ids.size() < 2 || ids.size() > MOST_COMPARED) {
      throw new IllegalArgumentException(
          ids.size() + " runs are given; give 2 to " + MOST_COMPARED + " to compare");
    }
    return RunDiff.of(rows(project, ids));
  }

  /**
   * Some runs, in the order asked for.
   *
   * @param runs run ids
   * @throws NoSuchFileException if there is no such project or run
   */
  public List<RunRow> rows(String project, List<String> runs) throws IOException {
    Map<String, RunRow> byId =
        all(project).stream().collect(Collectors.toMap(RunRow::run, Function.identity()));
    List<RunRow> found = new ArrayList<>();
    for (String id : runs) {
      RunRow row = byId.get(id);
      if (row == null) {
        throw Unknown.run(project, id, byId.keySet());
      }
      found.add(row);
    }
    return found;
  }

  /**
   * Which settings matter for an outcome.
   *
   * @param target the outcome
   * @param filter which runs to ask
   * @throws NoSuchFileException if there is no such project, or no run of it has the outcome
   */
  public Importance importance(String project, Field target, Filter filter) throws IOException {
    List<RunRow> all = all(project);
    if (all.stream().noneMatch(row -> row.value(target) != null)) {
      throw new NoSuchFileException(
          String.join("", TablePage.notes(all, List.of(target))) + "; give another metric");
    }
    return Importance.of(target, all.stream().filter(filter::matches).toList());
  }

  /**
   * The name of what the rows of a project are like at this moment. As long as it stays the same,
   * so do the answers to all questions about them.
   *
   * @throws NoSuchFileException if there is no such project
   */
  public String state(String project) throws IOException {
    return rows.state(project, freshNanos);
  }

  private List<RunRow> all(String project) throws IOException {
    return rows.of(project, freshNanos);
  }
}
