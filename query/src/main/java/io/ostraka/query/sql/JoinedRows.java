package io.ostraka.query.sql;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes one answer of several with the same columns. */
final class JoinedRows implements Rows {
  private final Rows rows;
  private boolean hasBegun;

  JoinedRows(Rows rows) {
    this.rows = rows;
  }

  @Override
  public void columns(List<SqlColumn> columns) throws IOException {
    if (!hasBegun) {
      hasBegun = true;
      rows.columns(columns);
    }
  }

  @Override
  public boolean row(List<@Nullable Object> values) throws IOException {
    return rows.row(values);
  }
}
