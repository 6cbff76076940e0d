package io.ostraka.viewer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.RunTable;
import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.Filter;
import io.ostraka.query.filter.SortKey;
import io.ostraka.query.runs.TableAnswer;
import io.ostraka.query.runs.TableRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The paths that answer about runs as rows of a table. */
final class TableApi {
  private static final int LIMIT = 50;

  private final RunTable table;
  private final Clock clock;

  TableApi(RunTable table, Clock clock) {
    this.table = table;
    this.clock = clock;
  }

  Answer page(@Nullable String sent) throws IOException, Refusal {
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
    TableAnswer answer = table.page(request);
    return json(TableJson.page(request, answer, chosen, clock.instant()));
  }

  Answer fields(@Nullable String sent) throws IOException, Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project"));
    return json(TableJson.fields(table.fields(parameters.text("project"))));
  }

  Answer diff(@Nullable String sent) throws IOException, Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project", "run"));
    return json(TableJson.diff(table.diff(parameters.text("project"), parameters.texts("run"))));
  }

  Answer importance(@Nullable String sent) throws IOException, Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project", "target", "filter"));
    Field target = Field.parse(parameters.text("target"));
    return json(
        TableJson.importance(
            table.importance(parameters.text("project"), target, filter(parameters))));
  }

  private Filter filter(Parameters parameters) throws Refusal {
    String filter = parameters.textOrNull("filter");
    return filter == null ? Filter.none() : Filter.parse(filter, clock.instant());
  }

  private static Answer json(ObjectNode json) {
    return Answer.json(200, Json.bytes(json));
  }
}
