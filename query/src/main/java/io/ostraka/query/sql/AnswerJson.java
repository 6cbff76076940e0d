package io.ostraka.query.sql;

import io.ostraka.catalog.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One answer as a JSON object for a program: columns, rows as arrays, whether there are more than
 * were wanted, and what was left out. It ends at a number of rows or of characters.
 */
public final class AnswerJson implements Rows {
  private final long rowLimit;
  private final long characterLimit;
  private final StringBuilder text = new StringBuilder("{\"columns\":[");
  private long count;
  private boolean more;

  /** An answer with at most so many rows and, about, characters. */
  public AnswerJson(long rowLimit, long characterLimit) {
    this.rowLimit = rowLimit;
    this.characterLimit = characterLimit;
  }

  @Override
  public void columns(List<SqlColumn> columns) {
    text.append(columns.stream().map(AnswerJson::column).collect(Collectors.joining(",")));
    text.append("],\"rows\":[");
  }

  private static String column(SqlColumn column) {
    return "{\"name\":%s,\"type\":%s}"
        .formatted(Texts.quoted(column.name()), Texts.quoted(column.type()));
  }

  @Override
  public boolean row(List<@Nullable Object> values) {
    more = count == rowLimit || text.length() + Texts.size(values) > characterLimit;
    if (!more) {
      text.append(count == 0 ? "" : ",").append(Texts.json(values));
      count++;
    }
    return !more;
  }

  /** The whole answer, in UTF-8. */
  public byte[] bytes(List<Problem> problems) {
    String left =
        problems.stream()
            .map(
                problem ->
                    "{\"key\":%s,\"message\":%s}"
                        .formatted(Texts.quoted(problem.key()), Texts.quoted(problem.message())))
            .collect(Collectors.joining(","));
    return (text + "],\"more\":" + more + ",\"problems\":[" + left + "]}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
