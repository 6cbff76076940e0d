package io.ostraka.query.sql;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows as JSON objects. Of columns with the same name the later ones get a number. */
final class JsonWriter implements RowWriter {
  private final Writer out;
  private final boolean isArray;
  private final List<String> keys = new ArrayList<>();
  private long count;

  private JsonWriter(OutputStream out, boolean isArray) {
    this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    this.isArray = isArray;
  }

  static JsonWriter array(OutputStream out) {
    return new JsonWriter(out, true);
  }

  static JsonWriter lines(OutputStream out) {
    return new JsonWriter(out, false);
  }

  @Override
  public void columns(List<SqlColumn> columns) {
    Set<String> taken = new HashSet<>();
    for (SqlColumn column : columns) {
      String name = column.name();
      for (int i = 2; !taken.add(name); i++) {
        name = column.name() + "_" + i;
      }
      keys.add(Texts.quoted(name));
    }
  }

  @Override
  public boolean row(List<@Nullable Object> values) throws IOException {
    if (isArray) {
      out.write(count == 0 ? "[\n" : ",\n");
    }
    out.write('{');
    for (int i = 0; i < keys.size(); i++) {
      out.write(i == 0 ? "" : ",");
      out.write(keys.get(i));
      out.write(':');
      out.write(Texts.json(values.get(i)));
    }
    out.write(isArray ? "}" : "}\n");
    count++;
    return true;
  }

  @Override
  public void end() throws IOException {
    if (isArray) {
      out.write(count == 0 ? "[]\n" : "\n]\n");
    }
    out.flush();
  }
}
