package io.ostraka.query.sql;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Rows as a table of text, which is kept in memory until its end. */
final class TableWriter implements RowWriter {
  private static final Pattern NUMBER =
      Pattern.compile("U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*");

  private final OutputStream out;
  private final TextGrid.Style style;
  private final StringBuilder explanation = new StringBuilder();
  private @Nullable TextGrid grid;
  private boolean explains;
  private boolean isEmpty = true;

  TableWriter(OutputStream out, TextGrid.Style style) {
    this.out = out;
    this.style = style;
  }

  @Override
  public void columns(List<SqlColumn> columns) {
    explains = columns.size() == 2 && columns.get(1).name().equals("explain_value");
    grid =
        new TextGrid(
            style,
            columns.stream().map(SqlColumn::name).toList(),
            columns.stream().map(column -> NUMBER.matcher(column.type()).matches()).toList());
  }

  @Override
  public boolean row(List<@Nullable Object> values) {
    isEmpty = false;
    if (explains) {
      explanation.append(Texts.plain(values.get(1), "").stripTrailing()).append('\n');
      return true;
    }
    String none = style == TextGrid.Style.TABLE ? "·" : "";
    Objects.requireNonNull(grid)
        .row(values.stream().map(value -> Texts.plain(value, none)).toList());
    return true;
  }

  @Override
  public void end() throws IOException {
    boolean saysSo = isEmpty && style == TextGrid.Style.TABLE;
    String text = explains ? explanation.toString() : grid + (saysSo ? "(no rows)\n" : "");
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
