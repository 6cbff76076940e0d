package io.ostraka.viewer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.RunTable;
import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.Filter;
import io.ostraka.query.filter.SortKey;
import io.ostraka.query.runs.TableRequest;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The paths that answer about runs as rows of a table. */
final class TableApi {
  private static final int LIMIT = 50;

  /* Words that may mean a moment counted from now; where they mean something else, a tag is lost. */
  private static final Pattern OF_NOW = Pattern.compile("now|ago", Pattern.CASE_INSENSITIVE);

  private final RunTable table;
  private final Clock clock;

  TableApi(RunTable table, Clock clock) {
    this.table = table;
    this.clock = clock;
  }

  Question page(@Nullable String sent) throws Refusal {
    Set<String> known = Set.of("project", "filter", "sort", "offset", "limit", "columns");
    Parameters parameters = Parameters.parse(sent, known);
    String columns = parameters.textOrNull("columns");
    List<Field> chosen = columns == null ? List.of() : Field.parseList(columns);
    String sort = parameters.textOrNull("sort");
    TableRequest request =
        new TableRequest(
            parameters.text("project"),
            filter(parameters),
            sort == null ? List.of() : SortKey.parseList(sort),
            parameters.number("offset", 0),
            parameters.number("limit", LIMIT));
    return about(
        request.project(),
        parameters,
        () -> json(TableJson.page(request, table.page(request), chosen, clock.instant())));
  }

  Question fields(@Nullable String sent) throws Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project"));
    String project = parameters.text("project");
    return about(project, parameters, () -> json(TableJson.fields(table.fields(project))));
  }

  Question diff(@Nullable String sent) throws Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project", "run"));
    String project = parameters.text("project");
    List<String> runs = parameters.texts("run");
    return about(project, parameters, () -> json(TableJson.diff(table.diff(project, runs))));
  }

  Question importance(@Nullable String sent) throws Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project", "target", "filter"));
    String project = parameters.text("project");
    Field target = Field.parse(parameters.text("target"));
    Filter filter = filter(parameters);
    return about(
        project,
        parameters,
        () -> json(TableJson.importance(table.importance(project, target, filter))));
  }

  /* A filter may count from now, and then lets through other runs though nothing changed. */
  private Question about(String project, Parameters parameters, Question.Work work) throws Refusal {
    String filter = parameters.textOrNull("filter");
    boolean isOfNow = filter != null && OF_NOW.matcher(filter).find();
    Question.State state = () -> table.state(project);
    return isOfNow ? Question.ofNow(work) : Question.about(state, state, work);
  }

  private Filter filter(Parameters parameters) throws Refusal {
    String filter = parameters.textOrNull("filter");
    return filter == null ? Filter.none() : Filter.parse(filter, clock.instant());
  }

  private static Answer json(ObjectNode json) {
    return Answer.json(200, Json.bytes(json));
  }
}
