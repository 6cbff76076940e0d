package io.ostraka.query;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The bound values of one statement, in order. Each method takes a value and returns the SQL that
 * stands in its place.
 */
final class SqlValues {
  private final List<Object> values = new ArrayList<>();

  String text(String value) {
    values.add(value);
    return "?";
  }

  String number(long value) {
    values.add(value);
    return "?::BIGINT";
  }

  /** A whole number of more than 64 bits. */
  String huge(String decimal) {
    values.add(decimal);
    return "?::HUGEINT";
  }

  String files(Array files) {
    values.add(files);
    return "?";
  }

  /** A number for each file that is read, by its place in the list of files. */
  String perFile(long[] numbers) {
    boolean allEqual = true;
    Long[] boxed = new Long[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      allEqual &= numbers[i] == numbers[0];
      boxed[i] = numbers[i];
    }
    if (allEqual) {
      return number(numbers[0]);
    }
    values.add(boxed);
    return "(?::BIGINT[])[file_index::BIGINT + 1]";
  }

  void bind(Connection connection, PreparedStatement statement) throws SQLException {
    int at = 0;
    for (Object value : values) {
      at++;
      if (value instanceof Long number) {
        statement.setLong(at, number);
      } else if (value instanceof String text) {
        statement.setString(at, text);
      } else if (value instanceof Array array) {
        statement.setArray(at, array);
      } else if (value instanceof Long[] numbers) {
        statement.setArray(at, connection.createArrayOf("BIGINT", numbers));
      }
    }
  }
}
