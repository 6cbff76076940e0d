package io.ostraka.viewer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.query.Query;
import io.ostraka.query.sql.AnswerArrow;
import io.ostraka.query.sql.AnswerJson;
import io.ostraka.query.sql.SqlFailure;
import io.ostraka.query.sql.SqlSession;
import io.ostraka.query.sql.SqlSettings;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The path {@code sql}: one statement at a time, in a DuckDB of its own with little memory, so that
 * no statement holds up the charts. The DuckDB is opened by the first one.
 */
final class SqlApi implements AutoCloseable {
  private static final int ROWS = 1_000;
  private static final int MOST_ROWS = 100_000;
  private static final long MOST_CHARACTERS = 32L << 20;
  private static final int MOST_WAITING = 4;

  private final Query query;
  private final boolean isAllowed;
  private final Semaphore places = new Semaphore(MOST_WAITING);
  private @Nullable SqlSession session;

  SqlApi(Query query, boolean isAllowed) {
    this.query = query;
    this.isAllowed = isAllowed;
  }

  Question read(@Nullable String sent) throws Refusal {
    Parameters parameters = Parameters.parse(sent, Set.of("q", "limit", "format"));
    if (!isAllowed) {
      throw Refusal.forbidden(
          "This viewer answers no SQL, since others than this machine can reach it; 'ostraka view --sql' allows it");
    }
    String statement = parameters.text("q");
    int limit = parameters.number("limit", ROWS);
    if (limit < 1 || limit > MOST_ROWS) {
      throw Refusal.badRequest("limit = " + limit + " is outside 1 to " + MOST_ROWS);
    }
    RowsFormat format = RowsFormat.of(parameters);
    return Question.of(() -> answer(statement, limit, format)); // Which may ask for the time.
  }

  private Answer answer(String statement, int limit, RowsFormat format)
      throws IOException, Refusal {
    if (!places.tryAcquire()) {
      throw Refusal.unavailable(MOST_WAITING + " statements wait already; ask again later");
    }
    try {
      return switch (format) {
        case JSON -> json(statement, limit);
        case ARROW -> arrow(statement, limit);
      };
    } catch (SqlFailure e) {
      return refused(e);
    } finally {
      places.release();
    }
  }

  private synchronized Answer json(String statement, int limit) throws IOException, SqlFailure {
    AnswerJson answer = new AnswerJson(limit, MOST_CHARACTERS);
    SqlSession asked = asked();
    asked.run(statement, limit + 1L, answer);
    return Answer.json(200, answer.bytes(asked.problems()));
  }

  private synchronized Answer arrow(String statement, int limit) throws IOException, SqlFailure {
    AnswerArrow answer = new AnswerArrow(limit, MOST_CHARACTERS);
    SqlSession asked = asked();
    asked.run(statement, limit + 1L, answer);
    ObjectNode head = JsonNodeFactory.instance.objectNode().put("more", answer.more());
    Json.addProblems(head.putArray("problems"), asked.problems());
    return Api.arrow(answer.bytes(Json.text(head)));
  }

  private SqlSession asked() throws IOException {
    SqlSession asked = session == null ? query.openSql(SqlSettings.ofAViewer()) : session;
    session = asked;
    return asked;
  }

  private static Answer refused(SqlFailure failure) {
    ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("error", String.valueOf(failure.getMessage()));
    ArrayNode where = json.putArray("where");
    failure.where().forEach(where::add);
    return Answer.json(400, Json.bytes(json));
  }

  @Override
  public void close() {
    SqlSession open = session;
    if (open != null) {
      try {
        open.cancel();
        open.close();
      } catch (IOException e) {
        System.getLogger(SqlApi.class.getName())
            .log(System.Logger.Level.WARNING, "Cannot close the SQL session", e);
      }
    }
  }
}
