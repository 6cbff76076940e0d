package io.ostraka.query.sql;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How rows are written down. */
public enum RowFormat {
  /** Columns side by side for a person at a terminal. */
  TABLE,
  /** Comma-separated values with a head, as RFC 4180 has them. */
  CSV,
  /** One JSON array of objects. */
  JSON,
  /** A JSON object a line. */
  JSONL,
  /** A table of Markdown. */
  MARKDOWN,
  /** A stream of Apache Arrow's. */
  ARROW,
  /** A Parquet file; DuckDB itself writes it. */
  PARQUET;

  /**
   * The format with a name.
   *
   * @throws IllegalArgumentException if there is none; the message names those there are
   */
  public static RowFormat named(String name) {
    for (RowFormat format : values()) {
      if (format.toString().equals(name.toLowerCase(Locale.ROOT))) {
        return format;
      }
    }
    String known =
        Arrays.stream(values()).map(RowFormat::toString).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("There is no format " + name + "; there are " + known);
  }

  /** Whether what it makes is for programs and no text. */
  public boolean isBinary() {
    return this == ARROW || this == PARQUET;
  }

  /**
   * A writer of one answer.
   *
   * @param out is flushed at the end and stays open
   * @throws IllegalArgumentException for {@link #PARQUET}, see {@link SqlSession#writeParquet}
   */
  public RowWriter writer(OutputStream out) {
    return switch (this) {
      case TABLE -> new TableWriter(out, TextGrid.Style.TABLE);
      case MARKDOWN -> new TableWriter(out, TextGrid.Style.MARKDOWN);
      case CSV -> new CsvWriter(out);
      case JSON -> JsonWriter.array(out);
      case JSONL -> JsonWriter.lines(out);
      case ARROW -> new ArrowWriter(out);
      case PARQUET ->
          throw new IllegalArgumentException("Parquet is written by the session, not row by row");
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
