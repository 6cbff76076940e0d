package io.ostraka.cli;

import io.ostraka.query.sql.InitScript;
import io.ostraka.query.sql.SqlFailure;
import io.ostraka.query.sql.SqlSession;
import io.ostraka.query.sql.SqlSettings;
import io.ostraka.query.sql.Statements;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka sql}. */
@Command(
    name = "sql",
    description = {
      "Ask the runs of a folder or a bucket in SQL.",
      "",
      "There is a view with a row for each logged value of each stream (metrics, texts, console, system), and the",
      "views runs and writers. docs/sql.md has twenty questions worked out."
    },
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka sql ./ostraka-runs \"SELECT run, name, max(value) FROM metrics GROUP BY ALL\"",
      "  ostraka sql                          a prompt over ./ostraka-runs (or OSTRAKA_ROOT)",
      "  ostraka sql < questions.sql          what is piped in",
      "  ostraka sql ./ostraka-runs \"FROM metrics\" --output metrics.parquet",
      "  ostraka sql ./ostraka-runs --init > ostraka.sql; duckdb -init ostraka.sql"
    })
final class SqlCommand implements Callable<Integer> {
  private static final int SHOWN_ROWS = 100;

  private final Surroundings here;
  private final SqlInput input;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ROOT",
      description =
          "The folder or bucket with the runs. Not given: OSTRAKA_ROOT, else ./ostraka-runs.")
  private @Nullable String root;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "QUERY",
      description =
          "One or more statements, with semicolons between them. Not given: a prompt, or what is piped in.")
  private @Nullable String query;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "table, csv, json, jsonl, markdown, arrow or parquet. Not given: by the name of --output, else table.")
  private @Nullable String format;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write the answer to FILE, whole or not at all.")
  private @Nullable Path output;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description =
          "Print at most N rows, 0 for all. Not given: " + SHOWN_ROWS + " of a table, else all.")
  private @Nullable Long rows;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "End a statement after so many seconds. Not given: never.")
  private long timeout;

  @Option(
      names = "--init",
      description = "Print a script that makes the same views in the stock DuckDB, and end.")
  private boolean init;

  @Option(
      names = "--save",
      description = "With --init: write the script to ROOT/_sql/ostraka.sql instead.")
  private boolean save;

  SqlCommand(Surroundings here, SqlInput input) {
    this.here = here;
    this.input = input;
  }

  @Override
  public Integer call() throws IOException {
    Root where = here.root(Optional.ofNullable(root));
    if (init || save) {
      return printScript(where);
    }
    SqlOutput how = SqlOutput.of(format, output == null ? null : here.folder().resolve(output));
    Long limit = rows;
    long shown = limit == null ? how.defaultRows(SHOWN_ROWS) : limit == 0 ? Long.MAX_VALUE : limit;
    checkNumbers(shown);
    boolean isPrompt = query == null && input.isTerminal();
    List<String> statements = isPrompt ? List.of() : Statements.of(given());
    if (!isPrompt) {
      how.checkCount(statements.size());
    }
    try (Stores stores = new Stores(here);
        ShardStore store = RunOptions.open(where, stores);
        DiscardedFile staged = new DiscardedFile(how);
        SqlSession session = SqlSession.open(store, how.settings(settings()))) {
      SqlAnswers answers = new SqlAnswers(here, session, staged.output(), shown);
      if (isPrompt) {
        new SqlPrompt(here, session, answers, where).run();
        return 0;
      }
      for (String statement : statements) {
        answers.answer(statement);
      }
      return 0;
    } catch (SqlFailure e) {
      SqlAnswers.complain(here, e);
      return 1;
    }
  }

  private SqlSettings settings() {
    return SqlSettings.ofACommand().withTimeLimit(Duration.ofSeconds(timeout));
  }

  private void checkNumbers(long shown) {
    if (shown < 0) {
      throw new WrongCall("--rows " + shown + " is negative; give 0 for all rows");
    }
    if (timeout < 0) {
      throw new WrongCall("--timeout " + timeout + " is negative; give 0 for no limit");
    }
  }

  private String given() throws IOException {
    String text = query == null || query.equals("-") ? input.all() : query;
    if (Statements.of(text).isEmpty()) {
      throw new WrongCall("There is no statement; give one as QUERY or pipe it in");
    }
    return text;
  }

  private int printScript(Root where) throws IOException {
    if (query != null) {
      throw new WrongCall("--init takes no QUERY; give it to duckdb -init");
    }
    String script = InitScript.of(where.shown());
    if (!save) {
      here.out().print(script);
      return 0;
    }
    try (Stores stores = new Stores(here);
        ShardStore store = RunOptions.open(where, stores)) {
      store.replace(InitScript.KEY, script.getBytes(StandardCharsets.UTF_8));
    }
    here.out().println("Wrote " + where.shown() + "/" + InitScript.KEY);
    return 0;
  }
}
