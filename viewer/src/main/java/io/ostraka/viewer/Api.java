package io.ostraka.viewer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Stream;
import io.ostraka.query.ConsoleRequest;
import io.ostraka.query.PointsRequest;
import io.ostraka.query.Query;
import io.ostraka.query.SeriesRequest;
import io.ostraka.query.TextsRequest;
import io.ostraka.query.sql.AnswerArrow;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The paths below {@code /api/v1/} that answer at once: each reads its parameters and asks. */
final class Api {
  static final String PREFIX = "/api/v1/";

  private final Query query;
  private final ViewerSettings settings;
  private final Instant startedAt;
  private final Map<String, Reader> readers;

  Api(Query query, SqlApi sql, ViewerSettings settings) {
    this.query = query;
    this.settings = settings;
    this.startedAt = settings.clock().instant();
    this.readers = readers(this, sql, new TableApi(query.table(), settings.clock()));
  }

  /** Reads the parameters of one path and says what there is to do. */
  interface Reader {
    Question read(@Nullable String parameters) throws IOException, Refusal;
  }

  private static Map<String, Reader> readers(Api api, SqlApi sql, TableApi table) {
    return Map.ofEntries(
        Map.entry("openapi.json", Api::description),
        Map.entry("server", api::server),
        Map.entry("projects", api::projects),
        Map.entry("runs", api::runs),
        Map.entry("table", table::page),
        Map.entry("fields", table::fields),
        Map.entry("diff", table::diff),
        Map.entry("importance", table::importance),
        Map.entry("metrics", api::metrics),
        Map.entry("series", api::series),
        Map.entry("points", api::points),
        Map.entry("summary", api::summary),
        Map.entry("console", api::console),
        Map.entry("texts", api::texts),
        Map.entry("sql", sql::read));
  }

  /** The paths below {@link #PREFIX} that are answered here. */
  Set<String> names() {
    return readers.keySet();
  }

  /**
   * Answers.
   *
   * @param name the path after {@link #PREFIX}
   * @param parameters the query as it was sent
   * @param held the tags of answers that the client has, null if it sent none
   * @throws IllegalArgumentException if the call is wrong; the message is for a person
   */
  Answer answer(String name, @Nullable String parameters, @Nullable List<String> held)
      throws IOException, Refusal {
    Reader reader = readers.get(name);
    if (reader == null) {
      throw Refusal.notFound("There is no " + PREFIX + name);
    }
    return reader.read(parameters).answer(name + "?" + parameters, held);
  }

  private static Question description(@Nullable String sent) throws Refusal {
    Parameters.parse(sent, Set.of());
    return Question.of(() -> Answer.json(200, resource("openapi.json")));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Api.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private Question server(@Nullable String sent) throws Refusal {
    Parameters.parse(sent, Set.of());
    return Question.ofNow(this::server);
  }

  private Answer server() {
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

  private Question projects(@Nullable String sent) throws Refusal {
    Parameters.parse(sent, Set.of());
    return Question.of(() -> json(Json.projects(query.projects())));
  }

  private Question runs(@Nullable String sent) throws Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project"));
    String project = parameters.text("project");
    return about(
        project,
        List.of(),
        () -> json(Json.runs(project, query.runs(project), settings.clock().instant())));
  }

  private Question metrics(@Nullable String sent) throws Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project", "run", "stream"));
    String project = parameters.text("project");
    List<String> runs = parameters.texts("run");
    Stream stream = parameters.stream();
    return about(project, runs, () -> json(Json.metrics(query.metrics(project, runs, stream))));
  }

  private Question series(@Nullable String sent) throws Refusal {
    Parameters parameters = SeriesParameters.read(sent);
    SeriesRequest request = SeriesParameters.request(parameters);
    SeriesParameters.Format format = SeriesParameters.format(parameters);
    return about(
        request.project(),
        request.runs(),
        () ->
            switch (format) {
              case BINS ->
                  Answer.binary(SeriesBytes.TYPE, SeriesBytes.encode(query.series(request)));
              case ARROW -> arrow(ArrowAnswers.series(query.series(request)));
            });
  }

  private Question points(@Nullable String sent) throws Refusal {
    Set<String> known =
        Set.of(
            "project", "run", "metric", "stream", "writer", "x", "from", "to", "limit", "format");
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
    RowsFormat format = RowsFormat.of(parameters);
    return about(
        request.project(),
        List.of(request.run()),
        () ->
            switch (format) {
              case JSON -> json(Json.points(query.points(request)));
              case ARROW -> arrow(ArrowAnswers.points(query.points(request)));
            });
  }

  private Question summary(@Nullable String sent) throws Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project", "run"));
    String project = parameters.text("project");
    String run = parameters.text("run");
    return about(project, List.of(run), () -> json(Json.summary(query.summary(project, run))));
  }

  private Question console(@Nullable String sent) throws Refusal {
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
    return about(
        request.project(),
        List.of(request.run()),
        () -> json(Json.console(query.console(request))));
  }

  private Question texts(@Nullable String sent) throws Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("project", "run", "metric", "limit"));
    TextsRequest request =
        new TextsRequest(
            parameters.text("project"),
            parameters.text("run"),
            parameters.textOrNull("metric"),
            parameters.number("limit", 1000));
    return about(
        request.project(), List.of(request.run()), () -> json(Json.texts(query.texts(request))));
  }

  /* A question whose answer is the same as long as these runs are; none for all of the project. */
  private Question about(String project, List<String> runs, Question.Work work) {
    return Question.about(
        () -> query.state(project, runs), () -> query.lastState(project, runs), work);
  }

  static Answer arrow(byte[] stream) {
    return Answer.binary(AnswerArrow.TYPE, stream);
  }

  private static Answer json(ObjectNode json) {
    return Answer.json(200, Json.bytes(json));
  }
}
