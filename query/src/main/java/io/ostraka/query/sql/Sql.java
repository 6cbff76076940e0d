package io.ostraka.query.sql;

/** How values are written into statements that take no bound ones. */
final class Sql {
  private Sql() {}

  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
