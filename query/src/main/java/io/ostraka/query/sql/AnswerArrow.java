package io.ostraka.query.sql;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One answer as a stream in Arrow's format for a program. What is to be said beside the rows stands
 * in the schema's metadata. It ends at a number of rows or of bytes.
 */
public final class AnswerArrow implements Rows {
  /** The media type of such a stream. */
  public static final String TYPE = "application/vnd.apache.arrow.stream";

  /** Under which key the metadata has what {@link #bytes} was given. */
  public static final String HEAD = "ostraka";

  private final long rowLimit;
  private final long byteLimit;
  private final ByteArrayOutputStream batches = new ByteArrayOutputStream();
  private final ArrowWriter writer = new ArrowWriter(batches);
  private long count;
  private boolean more;

  /** An answer with at most so many rows and, about, bytes. */
  public AnswerArrow(long rowLimit, long byteLimit) {
    this.rowLimit = rowLimit;
    this.byteLimit = byteLimit;
  }

  @Override
  public void columns(List<SqlColumn> columns) {
    writer.begin(columns);
  }

  @Override
  public boolean row(List<@Nullable Object> values) throws IOException {
    long bytes = batches.size() + writer.collectedBytes() + Texts.size(values);
    more = count == rowLimit || bytes > byteLimit;
    if (!more) {
      writer.row(values);
      count++;
    }
    return !more;
  }

  /** Whether there were more rows than the answer holds. */
  public boolean more() {
    return more;
  }

  /**
   * The whole answer.
   *
   * @param head what to say beside the rows, in JSON
   */
  public byte[] bytes(String head) throws IOException {
    writer.end();
    ByteArrayOutputStream all = new ByteArrayOutputStream(batches.size() + head.length() + 1024);
    writer.writeSchema(all, Map.of(HEAD, head));
    batches.writeTo(all);
    return all.toByteArray();
  }
}
