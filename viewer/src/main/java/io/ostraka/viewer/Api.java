package io.ostraka.viewer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.ConsoleRequest;
import io.ostraka.query.PointsRequest;
import io.ostraka.query.Query;
import io.ostraka.query.SeriesRequest;
import io.ostraka.query.TextsRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The paths below {@code /api/v1/} that answer at once: each reads its parameters and asks. */
final class Api {
  static final String PREFIX = "/api/v1/";

  private final Query query;
  private final SqlApi sql;
  private final ViewerSettings settings;
  private final Instant startedAt;
  private final TableApi table;

  Api(Query query, SqlApi sql, ViewerSettings settings) {
    this.query = query;
    this.sql = sql;
    this.settings = settings;
    this.startedAt = settings.clock().instant();
    this.table = new TableApi(query.table(), settings.clock());
  }

  /**
   * Answers.
   *
   * @param name the path after {@link #PREFIX}
   * @param parameters the query as it was sent
   * @throws IllegalArgumentException if the call is wrong; the message is for a person
   */
  Answer answer(String name, @Nullable String parameters) throws IOException, Refusal {
    return switch (name) {
      case "server" -> server(parameters);
      case "projects" -> projects(parameters);
      case "runs" -> runs(parameters);
      case "table" -> table.page(parameters);
      case "fields" -> table.fields(parameters);
      case "diff" -> table.diff(parameters);
      case "importance" -> table.importance(parameters);
      case "metrics" -> metrics(parameters);
      case "series" -> series(parameters);
      case "points" -> points(parameters);
      case "summary" -> summary(parameters);
      case "console" -> console(parameters);
      case "texts" -> texts(parameters);
      case "sql" -> sql.answer(parameters);
      default -> throw Refusal.notFound("There is no " + PREFIX + name);
    };
  }

  private Answer server(@Nullable String sent) throws Refusal {
    Parameters.parse(sent, Set.of());
    ObjectNode server =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", settings.version())
            .put("root", shown(query.root()))
            .put("started_at", Json.time(startedAt))
            .put("now", Json.time(settings.clock().instant()));
    query
        .requests()
        .ifPresent(
            made ->
                server
                    .putObject("requests")
                    .put("list", made.list())
                    .put("get", made.get())
                    .put("put", made.put())
                    .put("head", made.head())
                    .put("delete", made.delete())
                    .put("received_bytes", made.receivedBytes()));
    query.trouble().ifPresent(line -> server.put("trouble", line));
    return json(server);
  }

  /* A person knows a folder by its path, not by a URI. */
  private static String shown(URI root) {
    return "file".equals(root.getScheme()) ? Path.of(root).toString() : root.toString();
  }

  private Answer projects(@Nullable String sent) throws IOException, Refusal {
    Parameters.parse(sent, Set.of());
    return json(Json.projects(query.projects()));
  }

  private Answer runs(@Nullable String sent) throws IOException, Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project"));
    String project = parameters.text("project");
    return json(Json.runs(project, query.runs(project), settings.clock().instant()));
  }

  private Answer metrics(@Nullable String sent) throws IOException, Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project", "run", "stream"));
    String project = parameters.text("project");
    return json(Json.metrics(query.metrics(project, parameters.texts("run"), parameters.stream())));
  }

  private Answer series(@Nullable String sent) throws IOException, Refusal {
    SeriesRequest request = SeriesParameters.parse(sent);
    return Answer.binary(SeriesBytes.TYPE, SeriesBytes.encode(query.series(request)));
  }

  private Answer points(@Nullable String sent) throws IOException, Refusal {
    Set<String> known =
        Set.of("project", "run", "metric", "stream", "writer", "x", "from", "to", "limit");
    Parameters parameters = Parameters.parse(sent, known);
    PointsRequest request =
        new PointsRequest(
            parameters.text("project"),
            parameters.text("run"),
            parameters.text("metric"),
            parameters.stream(),
            parameters.writer(),
            parameters.axis(),
            parameters.range(),
            parameters.number("limit", 1000));
    return json(Json.points(query.points(request)));
  }

  private Answer summary(@Nullable String sent) throws IOException, Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project", "run"));
    return json(Json.summary(query.summary(parameters.text("project"), parameters.text("run"))));
  }

  private Answer console(@Nullable String sent) throws IOException, Refusal {
    Set<String> known = Set.of("project", "run", "writer", "after", "limit", "search");
    Parameters parameters = Parameters.parse(sent, known);
    String search = parameters.textOrNull("search");
    ConsoleRequest request =
        new ConsoleRequest(
            parameters.text("project"),
            parameters.text("run"),
            parameters.writer(),
            parameters.numberOrNull("after"),
            search == null ? "" : search,
            parameters.number("limit", 1000));
    return json(Json.console(query.console(request)));
  }

  private Answer texts(@Nullable String sent) throws IOException, Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project", "run", "metric", "limit"));
    TextsRequest request =
        new TextsRequest(
            parameters.text("project"),
            parameters.text("run"),
            parameters.textOrNull("metric"),
            parameters.number("limit", 1000));
    return json(Json.texts(query.texts(request)));
  }

  private static Answer json(ObjectNode json) {
    return Answer.json(200, Json.bytes(json));
  }
}
