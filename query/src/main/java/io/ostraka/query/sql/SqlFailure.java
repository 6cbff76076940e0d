package io.ostraka.query.sql;

import java.util.List;

/**
 * A statement that cannot be answered as it stands, whoever asked corrects it: what is wrong on one
 * line with what to do, and where.
 */
public final class SqlFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> where;

  SqlFailure(String line, List<String> where) {
    super(line, null, false, false);
    this.where = List.copyOf(where);
  }

  /** The line of the statement and below it a mark at the place; empty if there is no place. */
  public List<String> where() {
    return where;
  }
}
