package io.ostraka.cli;

import io.ostraka.catalog.Problem;
import io.ostraka.query.sql.ExportQuery;
import io.ostraka.query.sql.RowFormat;
import io.ostraka.query.sql.RowWriter;
import io.ostraka.query.sql.Rows;
import io.ostraka.query.sql.SqlColumn;
import io.ostraka.query.sql.SqlFailure;
import io.ostraka.query.sql.SqlSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Has statements answered, and writes the answers where they are wanted. */
final class SqlAnswers {
  private final Surroundings here;
  private final SqlSession session;
  private final Set<Problem> told = new HashSet<>();
  private SqlOutput how;
  private long limit;

  /**
   * Answers of one session.
   *
   * @param limit how many rows of an answer are written at most
   */
  SqlAnswers(Surroundings here, SqlSession session, SqlOutput how, long limit) {
    this.here = here;
    this.session = session;
    this.how = how;
    this.limit = limit;
  }

  /** Writes later answers in another format to standard output. */
  void use(RowFormat format) throws IOException {
    how = SqlOutput.of(format.toString(), null);
  }

  /** Writes at most so many rows of later answers. */
  void limit(long most) {
    limit = most;
  }

  /** Has a statement answered, and returns how many rows were written. */
  long answer(String statement) throws IOException, SqlFailure {
    long most = limit == Long.MAX_VALUE ? limit : limit + 1;
    return answer(
        rows -> session.run(statement, most, rows),
        file -> session.writeParquet(statement, limit, file));
  }

  /** Writes an export, and returns how many rows it has. */
  long export(ExportQuery export) throws IOException, SqlFailure {
    return answer(
        rows -> session.export(export, rows), file -> session.exportParquet(export, file));
  }

  /** Has rows made. */
  private interface ToRows {
    void run(Rows rows) throws IOException, SqlFailure;
  }

  /** Has a Parquet file made, and returns how many rows it has. */
  private interface ToParquet {
    long run(Path file) throws IOException, SqlFailure;
  }

  private long answer(ToRows toRows, ToParquet toParquet) throws IOException, SqlFailure {
    long rows;
    try {
      if (how.format() == RowFormat.PARQUET) {
        rows = toParquet.run(how.staged().orElseThrow());
        deliver();
      } else if (how.staged().isPresent()) {
        try (AnswerStream out = AnswerStream.into(how.staged().get())) {
          rows = write(toRows, out);
        }
        deliver();
      } else {
        rows = write(toRows, AnswerStream.to(here.out()));
      }
    } finally {
      how.discard();
    }
    for (Problem problem : session.problems()) {
      if (told.add(problem)) {
        here.err().println(problem.message());
      }
    }
    return rows;
  }

  /** The texts in the first column of an answer. */
  static List<String> texts(SqlSession session, String statement) throws IOException, SqlFailure {
    List<String> texts = new ArrayList<>();
    session.run(
        statement,
        Long.MAX_VALUE,
        new Rows() {
          @Override
          public void columns(List<SqlColumn> columns) {
            texts.clear();
          }

          @Override
          public boolean row(List<@Nullable Object> values) {
            texts.add(String.valueOf(values.get(0)));
            return true;
          }

          @Override
          public boolean again() {
            return true;
          }
        });
    return texts;
  }

  private void deliver() throws IOException {
    Path staged = how.staged().orElseThrow();
    if (how.file().isPresent()) {
      Files.move(staged, how.file().get(), StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.copy(staged, here.out());
      here.out().flush();
    }
  }

  private long write(ToRows toRows, AnswerStream out) throws IOException, SqlFailure {
    Cut rows = new Cut(how.format(), out);
    toRows.run(rows);
    rows.end();
    out.end();
    if (rows.isCut) {
      here.err()
          .printf(
              Locale.ROOT,
              "There are more than these %,d rows; --rows 0 shows all, --output FILE keeps them%n",
              limit);
    }
    return rows.count;
  }

  /** Says what is wrong with a statement, and where. */
  static void complain(Surroundings here, SqlFailure failure) {
    here.err().println("ostraka: " + failure.getMessage());
    failure.where().forEach(here.err()::println);
  }

  /** Takes rows up to the limit, and notes whether there was one more. */
  private final class Cut implements Rows {
    private final RowFormat format;
    private final AnswerStream out;
    private RowWriter rows;
    private long count;
    private boolean isCut;

    Cut(RowFormat format, AnswerStream out) {
      this.format = format;
      this.out = out;
      this.rows = format.writer(out);
    }

    @Override
    public void columns(List<SqlColumn> columns) throws IOException {
      rows.columns(columns);
    }

    @Override
    public boolean row(List<@Nullable Object> values) throws IOException {
      isCut = count == limit;
      if (isCut) {
        return false;
      }
      count++;
      return rows.row(values);
    }

    @Override
    public boolean again() throws IOException {
      count = 0;
      isCut = false;
      rows = format.writer(out);
      return out.again();
    }

    void end() throws IOException {
      rows.end();
    }
  }
}
