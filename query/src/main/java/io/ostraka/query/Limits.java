package io.ostraka.query;

/** The check that the requests for rows have in common. */
final class Limits {
  private Limits() {}

  static void check(int limit, int most) {
    if (limit < 1 || limit > most) {
      throw new IllegalArgumentException("limit = " + limit + " is outside 1 to " + most);
    }
  }
}
