package io.ostraka.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RollupRule;
import io.ostraka.shard.RollupWriter;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.ShardWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Makes roots without the project's own writers: cards by hand, shards by DuckDB. So large ones are
 * made fast, and the reader is not tested against its own mistakes.
 */
public final class RootBuilder implements AutoCloseable {
  private final Path root;
  private final Connection connection;

  private RootBuilder(Path root, Connection connection) {
    this.root = root;
    this.connection = connection;
  }

  /** A builder of the root in a folder. */
  public static RootBuilder at(Path root) throws SQLException {
    return new RootBuilder(root, DriverManager.getConnection("jdbc:duckdb:"));
  }

  /**
   * One row of metrics or system.
   *
   * @param timeMicros in microseconds since the epoch
   */
  public record Row(long row, long step, long timeMicros, String name, double value) {}

  /** Rows of the metric m, one for each value, from a row number, a step and a time on. */
  static List<Row> rows(Instant start, long first, long step, double... values) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      rows.add(new Row(first + i, step + i, start.toEpochMilli() * 1000 + i, "m", values[i]));
    }
    return rows;
  }

  /** Writes a running writer's card with some more fields. */
  public void card(WriterKey writer, Instant startedAt, Consumer<ObjectNode> more)
      throws IOException {
    ObjectNode card = JsonNodeFactory.instance.objectNode();
    card.put("format", 1);
    card.put("writer", writer.writer().text());
    card.put("project", writer.run().project());
    card.put("run", writer.run().run());
    card.put("rank", writer.writer().rank());
    card.put("started_at", startedAt.toString());
    card.put("heartbeat_seconds", 10);
    card.put("state", "running");
    more.accept(card);
    write(writer.cardKey(), card);
  }

  /** Writes a writer's last card. */
  public void end(WriterKey writer, Instant startedAt, Consumer<ObjectNode> more)
      throws IOException {
    card(writer, startedAt, more);
    ObjectNode card = JsonNodeFactory.instance.objectNode();
    card.put("format", 1);
    card.put("started_at", startedAt.toString());
    card.put("state", "finished");
    card.put("finished_at", startedAt.plusSeconds(3600).toString());
    more.accept(card);
    write(writer.endKey(), card);
  }

  private void write(String key, ObjectNode json) throws IOException {
    Path file = root.resolve(key);
    Files.createDirectories(file.getParent());
    Files.writeString(file, json.toString());
  }

  /** Writes a shard of rows, which are numbered without gaps. */
  public Path shard(WriterKey writer, Stream stream, List<Row> rows) throws IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE OR REPLACE TABLE given"
              + " (row BIGINT, step BIGINT, micros BIGINT, name VARCHAR, value DOUBLE)");
      try (DuckDBAppender appender =
          connection.unwrap(DuckDBConnection.class).createAppender("main", "given")) {
        for (Row row : rows) {
          appender.beginRow();
          appender.append(row.row());
          appender.append(row.step());
          appender.append(row.timeMicros());
          appender.append(row.name());
          appender.append(row.value());
          appender.endRow();
        }
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
    long first = rows.stream().mapToLong(Row::row).min().orElseThrow();
    long last = rows.stream().mapToLong(Row::row).max().orElseThrow();
    return shard(
        writer,
        stream,
        new ShardName(first, last),
        "SELECT row, step, make_timestamptz(micros) AS time, name, value FROM given"
            + " ORDER BY name, step, row");
  }

  /**
   * Writes the roll-up of rows that are a shard, which need not be there.
   *
   * @param rows numbered without gaps
   * @return the file, which is absent if there is nothing to roll up
   */
  Path rollup(WriterKey writer, Stream stream, List<Row> rows, RollupRule rule) throws IOException {
    Path shard = Files.createTempFile("rolled", ".parquet");
    try (ShardWriter shards = new ShardWriter()) {
      ShardName name =
          shards.write(shard, writer.writer(), rows.get(0).row(), buffer(stream, rows));
      Path rollup = root.resolve(writer.rollupKey(stream.folder(), name));
      Files.createDirectories(Objects.requireNonNull(rollup.getParent()));
      RollupWriter.write(rollup, writer, stream, name, shard, rule);
      return rollup;
    } finally {
      Files.delete(shard);
    }
  }

  /** Writes a shard of rows, which are numbered without gaps, as the project's writers do. */
  Path ownShard(WriterKey writer, Stream stream, List<Row> rows) throws IOException {
    return ownShard(writer, rows.get(0).row(), buffer(stream, rows));
  }

  /** The same for rows that need not have a step. */
  Path ownShard(WriterKey writer, long firstRow, RowBuffer rows) throws IOException {
    Path hidden = Files.createTempFile("own", ".parquet");
    try (ShardWriter shards = new ShardWriter()) {
      String stream = rows.stream().folder();
      ShardName name = shards.write(hidden, writer.writer(), firstRow, rows);
      Path file = root.resolve(writer.shardKey(stream, name));
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      return Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static RowBuffer buffer(Stream stream, List<Row> rows) {
    RowBuffer buffer = new RowBuffer(stream, new NameTable());
    for (Row row : rows) {
      byte[] name = row.name().getBytes(StandardCharsets.UTF_8);
      buffer.addRow(true, row.step(), row.timeMicros(), List.of(name, row.value()));
    }
    return buffer;
  }

  /** Writes a shard with the rows of a query, which has the stream's columns and order. */
  public Path shard(WriterKey writer, Stream stream, ShardName name, String query)
      throws IOException {
    Path file = root.resolve(writer.shardKey(stream.folder(), name));
    Files.createDirectories(file.getParent());
    Path hidden = file.resolveSibling("." + file.getFileName());
    String sql =
        """
        COPY (%s) TO '%s' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072, KV_METADATA {
          'ostraka.format': '1', 'ostraka.stream': '%s', 'ostraka.writer': '%s',
          'ostraka.first_row': '%d', 'ostraka.last_row': '%d'})
        """
            .formatted(
                query,
                hidden.toString().replace("'", "''"),
                stream.folder(),
                writer.writer(),
                name.first(),
                name.last());
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IOException(e);
    }
    return Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
