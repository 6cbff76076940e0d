package io.ostraka.query;

import io.ostraka.query.sql.EndedDuckDb;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Shards with damage of a kind. */
public final class DamagedShards {
  /** What is behind a footer: its length and the magic number. */
  private static final int TAIL = 8;

  private DamagedShards() {}

  /** Flips the one bit of a shard's footer that makes DuckDB end itself when it reads the rows. */
  public static void endDuckDb(Path shard) throws IOException, SQLException {
    byte[] bytes = Files.readAllBytes(shard);
    int footer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - TAIL);
    for (int at = bytes.length - TAIL - footer; at < bytes.length - TAIL; at++) {
      bytes[at] ^= 1; // the sign of a number in the footer, wherever it begins
      Files.write(shard, bytes);
      if (endsDuckDb(shard)) {
        return;
      }
      bytes[at] ^= 1;
    }
    throw new IllegalStateException("No bit of the footer of " + shard + " ends DuckDB any more");
  }

  private static boolean endsDuckDb(Path shard) throws SQLException {
    String sql =
        "SELECT max(hash(row, step, time, name, value)) FROM read_parquet([?::VARCHAR], hive_partitioning = false)";
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setString(1, shard.toString());
        statement.execute();
        return false;
      } catch (SQLException e) {
        return EndedDuckDb.isBehind(connection);
      }
    }
  }
}
