package io.ostraka.query.sql;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the answer to one statement: its columns once, then its rows in order. */
public interface Rows {
  /** Takes the columns, before any row and also if there is none. */
  void columns(List<SqlColumn> columns) throws IOException;

  /**
   * Takes a row.
   *
   * @param values one for each column: null, {@link Boolean}, {@link Long}, {@link
   *     java.math.BigInteger}, {@link Double}, {@link java.math.BigDecimal}, {@link String}, {@code
   *     byte[]}, {@link java.time.Instant}, {@link JsonText}, a {@link List} or a {@link
   *     java.util.Map} of these
   * @return whether more rows are wanted
   */
  boolean row(List<@Nullable Object> values) throws IOException;

  /**
   * Forgets everything taken so far, because the answer is made anew.
   *
   * @return whether it could; if not, the answer fails
   */
  default boolean again() throws IOException {
    return false;
  }

  /** A value that is JSON already. */
  record JsonText(String text) {
    @Override
    public String toString() {
      return text;
    }
  }
}
