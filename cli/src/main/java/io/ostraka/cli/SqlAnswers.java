package io.ostraka.cli;

import io.ostraka.catalog.Problem;
import io.ostraka.query.sql.RowFormat;
import io.ostraka.query.sql.RowWriter;
import io.ostraka.query.sql.SqlColumn;
import io.ostraka.query.sql.SqlFailure;
import io.ostraka.query.sql.SqlSession;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

  void answer(String statement) throws IOException, SqlFailure {
    try {
      if (how.format() == RowFormat.PARQUET) {
        session.writeParquet(statement, how.staged().orElseThrow());
        deliver();
      } else if (how.staged().isPresent()) {
        try (OutputStream out = buffered(how.staged().get())) {
          write(statement, out);
        }
        deliver();
      } else {
        write(statement, here.out());
      }
    } finally {
      how.discard();
    }
    for (Problem problem : session.problems()) {
      if (told.add(problem)) {
        here.err().println(problem.message());
      }
    }
  }

  private static OutputStream buffered(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file));
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

  private void write(String statement, OutputStream out) throws IOException, SqlFailure {
    Cut rows = new Cut(how.format().writer(out));
    session.run(statement, limit == Long.MAX_VALUE ? limit : limit + 1, rows);
    rows.end();
    if (rows.isCut) {
      here.err()
          .printf(
              Locale.ROOT,
              "There are more than these %,d rows; --rows 0 shows all, --output FILE keeps them%n",
              limit);
    }
  }

  /** Says what is wrong with a statement, and where. */
  static void complain(Surroundings here, SqlFailure failure) {
    here.err().println("ostraka: " + failure.getMessage());
    failure.where().forEach(here.err()::println);
  }

  /** Takes rows up to the limit, and notes whether there was one more. */
  private final class Cut implements RowWriter {
    private final RowWriter rows;
    private long count;
    private boolean isCut;

    Cut(RowWriter rows) {
      this.rows = rows;
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
    public void end() throws IOException {
      rows.end();
    }
  }
}
