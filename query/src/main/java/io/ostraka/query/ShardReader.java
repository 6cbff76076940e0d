package io.ostraka.query;

import io.ostraka.Column;
import io.ostraka.ShardFormatException;
import io.ostraka.Stream;
import io.ostraka.catalog.LiveShard;
import io.ostraka.query.sql.EndedDuckDb;
import io.ostraka.shard.ShardLayout;
import io.ostraka.shard.SmallShardReader;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.SparseCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs a query over shards as local files, which are held open meanwhile. When DuckDB fails, finds
 * out whether a shard has vanished or cannot be read; the latter is left out for a while.
 */
final class ShardReader {
  private static final List<String> PASSING_ERRORS =
      List.of("Permission Error", "Out of Memory", "Too many open files", "Interrupt");
  private static final int MOST_ATTEMPTS = 8;

  private final Copies copies;
  private final Database database;
  private final BiConsumer<LiveShard, String> leaveOut;

  /**
   * A reader.
   *
   * @param leaveOut told of a shard that cannot be read and what to say of it; later snapshots are
   *     without it for a while
   */
  ShardReader(Copies copies, Database database, BiConsumer<LiveShard, String> leaveOut) {
    this.copies = copies;
    this.database = database;
    this.leaveOut = leaveOut;
  }

  /** A query over files, which it finds in the order of its sources. */
  interface Work<T> {
    T run(Connection connection, Array files) throws SQLException;
  }

  /**
   * Runs a query that may read everything.
   *
   * @param sources at least one
   * @throws SelectionChanged if some of them cannot be read; the caller chooses anew
   */
  <T> T read(List<Source> sources, Work<T> work) throws IOException, SelectionChanged {
    return read(sources, Needs.everything(), work);
  }

  /**
   * Runs a query.
   *
   * @param sources at least one
   * @param needs what it reads of them; it must read nothing else
   * @throws SelectionChanged if some of them cannot be read; the caller chooses anew
   */
  <T> T read(List<Source> sources, Needs needs, Work<T> work) throws IOException, SelectionChanged {
    try (Copies.Held held = open(sources, needs)) {
      try {
        return database.ask(connection -> work.run(connection, files(connection, held.files())));
      } catch (SQLException e) {
        throw explain(e, sources, held.files());
      }
    }
  }

  /** Reads one small shard. */
  interface SmallWork<T> {
    T read(SmallShardReader shards, Source source, Path path) throws IOException;
  }

  /**
   * Reads shards without DuckDB, in the order of their sources; nothing for those that cannot be
   * read in this way, or are not on this machine as a whole.
   *
   * @param needs what is read of them
   * @throws SelectionChanged if one of them has vanished; the caller chooses anew
   */
  <T> List<Optional<T>> readSmall(List<Source> sources, Needs needs, SmallWork<T> work)
      throws IOException, SelectionChanged {
    List<Optional<T>> read = new ArrayList<>(sources.size());
    try (Copies.Held held = open(sources, needs);
        SmallShardReader shards = new SmallShardReader()) {
      for (int i = 0; i < sources.size(); i++) {
        Source source = sources.get(i);
        SparseCopy copy = held.files().get(i);
        try {
          read.add(
              copy.isWhole()
                  ? Optional.of(work.read(shards, source, copy.path()))
                  : Optional.empty());
        } catch (NoSuchFileException e) {
          throw SelectionChanged.gone(source.shard());
        } catch (ShardFormatException e) {
          read.add(Optional.empty());
        }
      }
    }
    return read;
  }

  /**
   * Has in the cache what a query is about to read, of all sources at once.
   *
   * @throws SelectionChanged if some of them cannot be read; the caller chooses anew
   */
  void fetch(List<Source> sources, Needs needs) throws IOException, SelectionChanged {
    open(sources, needs).close();
  }

  /**
   * What lies where in the shards of some sources, in their order.
   *
   * @throws SelectionChanged if some of them cannot be read; the caller chooses anew
   */
  List<ShardLayout> layouts(List<Source> sources) throws IOException, SelectionChanged {
    return orChanged(() -> copies.layouts(sources));
  }

  private Copies.Held open(List<Source> sources, Needs needs) throws IOException, SelectionChanged {
    return orChanged(() -> copies.open(sources, needs));
  }

  private interface Opening<T> {
    T open() throws IOException, SelectionChanged;
  }

  private <T> T orChanged(Opening<T> opening) throws IOException, SelectionChanged {
    try {
      return opening.open();
    } catch (Copies.Unreadable e) {
      leaveOut.accept(e.shard(), String.valueOf(e.getMessage()));
      throw SelectionChanged.damaged();
    }
  }

  /* Either throws SelectionChanged, or returns what else was wrong. */
  private IOException explain(
      SQLException failure, List<Source> sources, List<? extends SparseCopy> files)
      throws IOException, SelectionChanged {
    boolean found = false;
    for (int i = 0; isAboutTheBytes(failure) && i < sources.size(); i++) {
      Source source = sources.get(i);
      if (!Files.exists(files.get(i).path())) {
        throw SelectionChanged.gone(source.shard());
      }
      complete(source, files.get(i));
      SQLException own = tryAlone(source.stream(), files.get(i));
      if (own != null && isAboutTheBytes(own)) {
        leaveOut.accept(source.shard(), message(source.shard(), own));
        found = true;
      }
    }
    // Another query's file may have ended DuckDB under this one.
    if (found || EndedDuckDb.hadEndedBefore(failure)) {
      throw SelectionChanged.damaged();
    }
    return new IOException("The query failed: " + firstLine(failure), failure);
  }

  private static void complete(Source source, SparseCopy file) throws SelectionChanged {
    try {
      Copies.complete(file);
    } catch (IOException e) {
      throw SelectionChanged.withheld(source.shard(), e);
    }
  }

  /* Null if it can be read, or if that cannot be told. */
  private @Nullable SQLException tryAlone(Stream stream, LocalCopy copy) throws IOException {
    for (int attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      try {
        database.ask(connection -> readAlone(connection, stream, copy));
        return null;
      } catch (SQLException e) {
        if (!EndedDuckDb.hadEndedBefore(e)) {
          return e;
        }
      }
    }
    return null;
  }

  private static boolean readAlone(Connection connection, Stream stream, LocalCopy copy)
      throws SQLException {
    String columns = stream.columns().stream().map(Column::name).collect(Collectors.joining(", "));
    String sql =
        """
        SELECT max(hash(row, step, time, %s))
        FROM read_parquet(?, hive_partitioning = false)
        """
            .formatted(columns);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, files(connection, List.of(copy)));
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  /* Anything else may be over at the next query, and must not cost a shard that is whole. */
  private static boolean isAboutTheBytes(SQLException failure) {
    String line = firstLine(failure);
    return PASSING_ERRORS.stream().noneMatch(line::contains);
  }

  private static String message(LiveShard shard, SQLException failure) {
    return "Cannot read "
        + shard.key()
        + ": "
        + firstLine(failure)
        + "; it is left out, restore it from a copy";
  }

  private static String firstLine(SQLException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.lines().findFirst().orElse("DuckDB gave no reason");
  }

  /* A path with the characters of a pattern is taken as it is, since the file exists. */
  private static Array files(Connection connection, List<? extends LocalCopy> copies)
      throws SQLException {
    Object[] paths = copies.stream().map(copy -> copy.path().toString()).toArray();
    return connection.createArrayOf("VARCHAR", paths);
  }
}
