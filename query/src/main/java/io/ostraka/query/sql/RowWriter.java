package io.ostraka.query.sql;

import java.io.IOException;

/** Rows that are written down somewhere, one answer each. */
public interface RowWriter extends Rows {
  /** Writes what is still to be written, once all rows were taken. */
  void end() throws IOException;
}
