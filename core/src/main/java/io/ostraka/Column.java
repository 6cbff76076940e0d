package io.ostraka;

/**
 * One column of a stream beside {@code row}, {@code step} and {@code time}.
 *
 * @param name its name in Parquet, in SQL and in the journal's documentation
 * @param type what a value is
 * @param nullable whether a row may have none
 */
public record Column(String name, Type type, boolean nullable) {
  /** What a value of a column is, which decides its encoding in the journal and in Parquet. */
  public enum Type {
    /** A text of few distinct values: dictionary-encoded in Parquet. */
    NAME,
    /** Any text. */
    STRING,
    /** A 64-bit floating-point number, NaN and infinities included: split by bytes in Parquet. */
    DOUBLE,
  }

  /** A text of few distinct values that every row has. */
  static Column name(String name) {
    return new Column(name, Type.NAME, false);
  }

  /** A text that every row has. */
  static Column text(String name) {
    return new Column(name, Type.STRING, false);
  }

  /** A number that every row has. */
  static Column real(String name) {
    return new Column(name, Type.DOUBLE, false);
  }
}
