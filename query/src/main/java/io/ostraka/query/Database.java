package io.ostraka.query;

import io.ostraka.query.sql.EndedDuckDb;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/**
 * One DuckDB in memory and a few connections to it. It holds no tables; it only reads files, and of
 * a folder root only those below the root.
 *
 * <p>Loading DuckDB takes as long as the rest of a viewer's start, and what is asked first often
 * needs none; so it is loaded at {@link #prepare}, on a thread of its own, or at the first {@link
 * #ask}. A damaged file can make DuckDB end itself, and answer nothing more; then another one takes
 * its place.
 */
final class Database implements AutoCloseable {
  private static final long LEASE_NANOS = 60_000_000_000L;

  private final QuerySettings settings;
  private final List<Path> readable;
  private volatile Instance current = new Instance();

  /**
   * A database that may read below some folders.
   *
   * @param readable the folders; none for anything that this process may read
   */
  Database(QuerySettings settings, List<Path> readable) {
    this.settings = settings;
    this.readable = readable;
  }

  /** Begins to load DuckDB, unless that was begun before, and returns at once. */
  void prepare() {
    current.prepare();
  }

  /** What is asked of a connection. */
  interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  /**
   * Asks a connection, waiting for one to come free.
   *
   * @throws SQLException if the question fails; the next one may find another DuckDB
   * @throws IOException if DuckDB could not be opened, or all connections stay busy for a minute
   */
  <T> T ask(Question<T> question) throws IOException, SQLException {
    try (Lease lease = lease()) {
      try {
        return question.ask(lease.connection());
      } catch (SQLException e) {
        if (EndedDuckDb.isBehind(lease.connection())) {
          replace(lease.instance());
        }
        throw e;
      }
    }
  }

  @Override
  public void close() {
    current.close();
  }

  private Lease lease() throws IOException {
    long begin = System.nanoTime();
    do {
      Instance instance = current;
      try {
        // Not for longer: another may have taken its place meanwhile.
        Connection connection = instance.opened().poll(1, TimeUnit.SECONDS);
        if (connection != null) {
          return new Lease(instance, connection);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Interrupted while waiting for another query to end", e);
      }
    } while (System.nanoTime() - begin < LEASE_NANOS);
    throw new IOException(
        "All queries have been busy for " + LEASE_NANOS / 1_000_000_000 + " s; ask again later");
  }

  private void replace(Instance ended) {
    synchronized (this) {
      if (current == ended) {
        current = new Instance();
      }
    }
    ended.end();
  }

  /** One DuckDB, which may not be loaded yet. */
  private final class Instance {
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<BlockingQueue<Connection>> connections =
        new CompletableFuture<>();
    private volatile boolean hasEnded;

    void prepare() {
      if (!begun.getAndSet(true)) {
        Thread opener = new Thread(this::connect, "ostraka-open-duckdb");
        opener.setDaemon(true);
        opener.start();
      }
    }

    BlockingQueue<Connection> opened() throws IOException {
      prepare();
      try {
        return connections.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Interrupted while DuckDB was being opened", e);
      } catch (ExecutionException e) {
        throw new IOException("Cannot open DuckDB: " + e.getMessage(), e);
      }
    }

    void end() {
      hasEnded = true;
      close();
    }

    void giveBack(Connection connection) {
      connections.join().add(connection);
      if (hasEnded) {
        close();
      }
    }

    /* Those that are lent are closed when they come back, if it has ended. */
    void close() {
      boolean wasNeverOpened = !begun.getAndSet(true);
      if (wasNeverOpened || connections.isCompletedExceptionally()) {
        return;
      }
      List<Connection> idle = new ArrayList<>();
      connections.join().drainTo(idle);
      for (Connection connection : idle) {
        try {
          connection.close();
        } catch (SQLException e) {
          throw new UncheckedIOException(new IOException("Cannot close DuckDB", e));
        }
      }
    }

    private void connect() {
      try {
        Properties properties = new Properties();
        // A result of many rows is made while it is read, and never lies in memory as a whole.
        properties.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
        Connection first = DriverManager.getConnection("jdbc:duckdb:", properties);
        configure(first);
        BlockingQueue<Connection> idle = new ArrayBlockingQueue<>(settings.threads() + 1);
        idle.add(first);
        while (idle.remainingCapacity() > 0) {
          idle.add(first.unwrap(DuckDBConnection.class).duplicate());
        }
        connections.complete(idle);
      } catch (SQLException | LinkageError e) {
        connections.completeExceptionally(e);
      }
    }
  }

  private void configure(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET threads = " + settings.threads());
      statement.execute("SET memory_limit = '" + settings.memoryLimitBytes() + "B'");
      statement.execute("SET temp_directory = " + literal(spillFolder(settings.temporary())));
      // Without it threads hand out their parts of a sorted result as they are done with them.
      statement.execute("SET preserve_insertion_order = true");
      statement.execute("SET autoinstall_known_extensions = false");
      statement.execute("SET autoload_known_extensions = false");
      statement.execute("SET TimeZone = 'UTC'");
      if (!readable.isEmpty()) {
        List<String> folders =
            readable.stream().map(Path::toString).map(Database::literal).toList();
        statement.execute("SET allowed_directories = [" + String.join(", ", folders) + "]");
        statement.execute("SET enable_external_access = false");
      }
      statement.execute("SET lock_configuration = true");
    }
  }

  /* DuckDB makes the folder when it spills and removes it again; a name of this process' own keeps two viewers apart. */
  private static String spillFolder(Path temporary) {
    long process = ProcessHandle.current().pid();
    return temporary.resolve("ostraka-query-" + process).toString();
  }

  /* SET takes no bound parameter. */
  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** The folder where a store's files lie, as it is named and as it really is, if it has one. */
  static List<Path> foldersOf(ShardStore store) {
    Path named;
    if ("file".equals(store.root().getScheme())) {
      named = Path.of(store.root());
    } else if (store.copies().isPresent()) {
      named = store.copies().get().toAbsolutePath();
    } else {
      return List.of();
    }
    List<Path> folders = new ArrayList<>(List.of(named));
    try {
      Path real = named.toRealPath();
      if (!real.equals(named)) {
        folders.add(real);
      }
    } catch (IOException e) {
      assert !Files.exists(named); // a root that comes later is read by its name
    }
    return folders;
  }

  /** A connection for one query at a time; closing gives it back. */
  private record Lease(Instance instance, Connection connection) implements AutoCloseable {
    @Override
    public void close() {
      instance.giveBack(connection);
    }
  }
}
