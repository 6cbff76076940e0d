package io.ostraka.query.sql;

import io.ostraka.Column;
import io.ostraka.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A stream as a view: its name and its columns with their types in SQL.
 *
 * @param name of the stream and of the view
 * @param columns those of the stream beside row, step and time, each as {@code name TYPE}
 */
record SqlStream(String name, List<String> columns) {
  /** What every row of a stream has. */
  private static final List<String> COMMON =
      List.of(
          "project VARCHAR",
          "run VARCHAR",
          "writer VARCHAR",
          "row BIGINT",
          "step BIGINT",
          "time TIMESTAMPTZ");

  /** Streams that have their place in the format and are not written yet (docs/format.md §4). */
  private static final Map<String, String> RESERVED =
      Map.of(
          "histograms",
          "name VARCHAR, low DOUBLE, high DOUBLE, counts DOUBLE[], edges DOUBLE[]",
          "densities",
          "name VARCHAR, low DOUBLE, high DOUBLE, density DOUBLE[], bandwidth DOUBLE, sample_count BIGINT",
          "tensors",
          "name VARCHAR, dtype VARCHAR, shape BIGINT[], blob VARCHAR, metadata VARCHAR",
          "tables",
          "name VARCHAR, row_count BIGINT, columns VARCHAR[], blob VARCHAR",
          "media",
          "name VARCHAR, position INTEGER, kind VARCHAR, blob VARCHAR, size_bytes BIGINT, width INTEGER, height INTEGER, duration_seconds DOUBLE, caption VARCHAR",
          "blobs",
          "sha256 VARCHAR, extension VARCHAR, bytes BLOB",
          "alerts",
          "level VARCHAR, title VARCHAR, text VARCHAR",
          "artifacts",
          "name VARCHAR, version INTEGER, kind VARCHAR, path VARCHAR, blob VARCHAR, uri VARCHAR, size_bytes BIGINT, aliases VARCHAR[], metadata VARCHAR");

  SqlStream {
    columns = List.copyOf(columns);
  }

  /** A stream that this version writes. */
  static SqlStream of(Stream stream) {
    return new SqlStream(
        stream.folder(), stream.columns().stream().map(SqlStream::declaration).toList());
  }

  /** The streams that this version writes. */
  static List<SqlStream> written() {
    return List.of(Stream.values()).stream().map(SqlStream::of).toList();
  }

  /** The streams that only have their place in the format: nothing is in them yet. */
  static List<SqlStream> reserved() {
    List<SqlStream> streams = new ArrayList<>();
    RESERVED.forEach(
        (name, columns) -> {
          if (Stream.byFolder(name).isEmpty()) {
            streams.add(new SqlStream(name, List.of(columns.split(", ", -1))));
          }
        });
    return streams;
  }

  private static String declaration(Column column) {
    return column.name()
        + switch (column.type()) {
          case NAME, STRING -> " VARCHAR";
          case DOUBLE -> " DOUBLE";
        };
  }

  /** The names of all columns, to select them. */
  String names() {
    return allColumns().stream()
        .map(column -> column.substring(0, column.indexOf(' ')))
        .collect(Collectors.joining(", "));
  }

  /** All columns without a value, typed, for a reader of nothing. */
  String nothing() {
    return allColumns().stream()
        .map(column -> column.split(" ", -1))
        .map(parts -> "NULL::" + parts[1] + " AS " + parts[0])
        .collect(Collectors.joining(", "));
  }

  private List<String> allColumns() {
    List<String> all = new ArrayList<>(COMMON);
    all.addAll(columns);
    return all;
  }
}
