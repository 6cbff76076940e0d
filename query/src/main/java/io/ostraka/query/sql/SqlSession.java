package io.ostraka.query.sql;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.shard.ParquetJoin;
import io.ostraka.store.ShardStore;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * SQL over a root: one statement at a time, over what the root holds when it is asked.
 *
 * <p>The views are those of {@code docs/sql.md}. A shard that cannot be read is left out and named
 * among the problems; one that goes while it is read is looked for in a new listing. Safe for
 * threads, which take turns. The store stays open when this is closed.
 */
public final class SqlSession implements AutoCloseable {
  /* Each attempt leaves out shards found damaged, or lists again after one has vanished. */
  private static final int ATTEMPTS = 8;

  private final Catalog catalog;
  private final RootFiles files;
  private final LockedDuckDb duckDb;
  private final Predicate<RunKey> isShown;
  private List<RunSnapshot> shown = List.of();
  private Set<Stream> shownStreams = Set.of();
  private boolean isFilled;

  private SqlSession(
      Catalog catalog, RootFiles files, LockedDuckDb duckDb, Predicate<RunKey> isShown) {
    this.catalog = catalog;
    this.files = files;
    this.duckDb = duckDb;
    this.isShown = isShown;
  }

  /**
   * Opens a session.
   *
   * @throws IOException if DuckDB cannot be opened, or a bucket's files have no place
   */
  public static SqlSession open(ShardStore store, SqlSettings settings) throws IOException {
    return open(store, settings, run -> true);
  }

  /**
   * Opens a session over some runs of a root; to its views there are no others.
   *
   * @throws IOException if DuckDB cannot be opened, or a bucket's files have no place
   */
  public static SqlSession open(ShardStore store, SqlSettings settings, Predicate<RunKey> isShown)
      throws IOException {
    RootFiles files = RootFiles.of(store, settings.temporary());
    try {
      LockedDuckDb duckDb = LockedDuckDb.open(settings, files.folders());
      return new SqlSession(Catalog.toShow(store, files.fetchers()), files, duckDb, isShown);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /**
   * Makes a table that statements may ask of beside the views.
   *
   * @param name of the table, an identifier
   * @param types of its columns in SQL, by their names
   * @param rows each a JSON object with values of some of the columns
   */
  public synchronized void define(String name, Map<String, String> types, ArrayNode rows)
      throws IOException {
    duckDb.define(name, types, rows);
  }

  /**
   * Answers one statement.
   *
   * @param limit how many rows are made at most; {@link Long#MAX_VALUE} for all
   * @throws SqlFailure if the statement is wrong, is none that only asks, or takes more time or
   *     memory than there is
   * @throws IOException if the root cannot be listed or read
   */
  public synchronized void run(String statement, long limit, Rows rows)
      throws IOException, SqlFailure {
    String asked = Statements.only(statement).stripLeading();
    Attempt attempt = new Attempt(streams(asked));
    Rows counted = attempt.counting(rows);
    if (duckDb.check(asked) && limit < Long.MAX_VALUE) {
      attempt.run(1, () -> duckDb.query(asked, limit, counted));
    } else {
      attempt.run(0, () -> duckDb.query(asked, counted));
    }
  }

  /**
   * Writes the answer to one statement as a Parquet file: the one that the settings name.
   *
   * @param limit how many rows are written at most; {@link Long#MAX_VALUE} for all
   * @return how many rows it has
   */
  public synchronized long writeParquet(String statement, long limit, Path file)
      throws IOException, SqlFailure {
    String asked = Statements.only(statement).stripLeading();
    if (!duckDb.check(asked)) {
      throw new SqlFailure("An explanation is no table; print it instead", List.of());
    }
    boolean isCut = limit < Long.MAX_VALUE;
    String written = isCut ? "FROM (\n" + asked + "\n) LIMIT " + limit : asked;
    long[] count = new long[1];
    new Attempt(streams(asked))
        .run(isCut ? 2 : 1, () -> count[0] = duckDb.writeParquet(written, file));
    return count[0];
  }

  /**
   * Answers what takes everything out of a root, by one listing and part after part, so that the
   * first rows come early and no more of them are in memory than a part has.
   *
   * @throws SqlFailure if it takes more time or memory than there is
   * @throws IOException if the root cannot be listed or read
   */
  public synchronized void export(ExportQuery export, Rows rows) throws IOException, SqlFailure {
    Attempt attempt = new Attempt(Set.of(export.stream()));
    Rows counted = attempt.counting(rows);
    attempt.run(
        0,
        () -> {
          Rows joined = new JoinedRows(counted);
          new ExportParts(export, duckDb, shown, part -> duckDb.query(part, joined)).each();
        });
  }

  /**
   * The same as a Parquet file: the one that the settings name. The parts are written beside it.
   *
   * @return how many rows it has
   */
  public synchronized long exportParquet(ExportQuery export, Path file)
      throws IOException, SqlFailure {
    long[] count = new long[1];
    new Attempt(Set.of(export.stream())).run(1, () -> count[0] = joinedParts(export, file));
    return count[0];
  }

  private long joinedParts(ExportQuery export, Path file)
      throws SQLException, IOException, SqlFailure {
    Path part = SqlSettings.partOf(file);
    try (OutputStream out = new FileOutputStream(file.toFile())) {
      ParquetJoin joined = new ParquetJoin(out);
      ExportParts parts =
          new ExportParts(
              export,
              duckDb,
              shown,
              statement -> {
                duckDb.writeParquet(statement, part);
                add(part, joined, file);
              });
      parts.each();
      return joined.end();
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void add(Path part, ParquetJoin joined, Path file) throws IOException {
    try {
      joined.add(part);
    } catch (IOException e) {
      throw new IOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Ends the statement that another thread has running, if any; it fails there. */
  public void cancel() throws IOException {
    duckDb.cancel();
  }

  /** What was left out of the last answer. */
  public synchronized List<Problem> problems() {
    return shown.stream().flatMap(run -> run.problems().stream()).toList();
  }

  @Override
  public synchronized void close() throws IOException {
    duckDb.close();
    files.close();
  }

  /* A stream is read through its view, whose name is then in the statement. */
  private Set<Stream> streams(String statement) {
    Set<Stream> all = EnumSet.allOf(Stream.class);
    String lower = statement.toLowerCase(Locale.ROOT);
    if (files.areCopied()) {
      all.removeIf(stream -> !lower.contains(stream.folder()));
    }
    return all;
  }

  private void refresh(Set<Stream> streams) throws IOException {
    List<RunSnapshot> now = new ArrayList<>();
    for (String project : catalog.projectNames()) {
      catalog.runs(project).stream().filter(run -> isShown.test(run.key())).forEach(now::add);
    }
    if (isFilled && duckDb.isFilled() && now.equals(shown) && streams.equals(shownStreams)) {
      return;
    }
    files.have(wanted(now, streams));
    duckDb.fill(
        new RootTables(
            now,
            (stream, shard) ->
                streams.contains(stream)
                    ? Optional.of(files.file(shard.key()).toString())
                    : Optional.empty()));
    shown = now;
    shownStreams = streams;
    isFilled = true;
  }

  private static List<RootFiles.Wanted> wanted(List<RunSnapshot> runs, Set<Stream> streams) {
    List<RootFiles.Wanted> wanted = new ArrayList<>();
    for (RunSnapshot run : runs) {
      for (WriterSnapshot writer : run.writers()) {
        for (Stream stream : streams) {
          writer.shards(stream).forEach(shard -> wanted.add(new RootFiles.Wanted(stream, shard)));
        }
      }
    }
    return wanted;
  }

  /** One statement, tried again while the root changes under it. */
  private final class Attempt {
    private final Set<Stream> streams;
    private @Nullable Rows begun;

    Attempt(Set<Stream> streams) {
      this.streams = streams;
    }

    Rows counting(Rows rows) {
      return new Rows() {
        @Override
        public void columns(List<SqlColumn> columns) throws IOException {
          begun = rows;
          rows.columns(columns);
        }

        @Override
        public boolean row(List<@Nullable Object> values) throws IOException {
          return rows.row(values);
        }
      };
    }

    /* The statement stands after a number of lines of ours. */
    void run(int linesBefore, Work work) throws IOException, SqlFailure {
      for (int attempt = 1; ; attempt++) {
        boolean isLast = attempt == ATTEMPTS;
        try {
          refresh(streams);
          work.run();
          return;
        } catch (NoSuchFileException e) {
          if (isLast) {
            throw e;
          }
          isFilled = false;
        } catch (RootFiles.DamagedShard e) {
          if (isLast) {
            throw e;
          }
          catalog.leaveOut(e.shard(), String.valueOf(e.getMessage()));
          isFilled = false;
        } catch (SQLException e) {
          if (isLast || !DuckDbErrors.mayBeAFile(e) || !leaveOutUnreadable()) {
            throw DuckDbErrors.failure(e, linesBefore);
          }
          if (!canBeginAnew()) {
            throw new SqlFailure(
                "A shard could not be read, and some rows are out already; ask again and it is left out, or keep the answer in a file (--output)",
                List.of());
          }
          isFilled = false;
        }
      }
    }

    private boolean canBeginAnew() throws IOException {
      Rows taker = begun;
      begun = null;
      return taker == null || taker.again();
    }

    /** Whether a shard was found that has gone or cannot be read. */
    private boolean leaveOutUnreadable() throws IOException {
      boolean found = false;
      Set<String> seen = new HashSet<>();
      for (RunSnapshot run : shown) {
        for (WriterSnapshot writer : run.writers()) {
          for (Stream stream : streams) {
            for (LiveShard shard : writer.shards(stream)) {
              found |= seen.add(shard.key()) && !isReadable(stream, shard);
            }
          }
        }
      }
      return found;
    }

    private boolean isReadable(Stream stream, LiveShard shard) throws IOException {
      Path file = files.file(shard.key());
      if (!Files.exists(file)) {
        return false;
      }
      Optional<String> reason = duckDb.whyUnreadable(stream, file);
      reason.ifPresent(
          why ->
              catalog.leaveOut(
                  shard,
                  "Cannot read "
                      + shard.key()
                      + ": "
                      + why
                      + "; it is left out, restore it from a copy"));
      return reason.isEmpty();
    }
  }

  private interface Work {
    void run() throws IOException, SqlFailure, SQLException;
  }
}
