package io.ostraka.query.sql;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Rows as a stream in Arrow's format for between processes (arrow.apache.org/docs/format/Columnar,
 * "IPC streaming format"): a schema, batches of rows, and an end. The layout of the bytes is
 * written here and only the messages' heads are made by Arrow's library, whose memory would want
 * doors of the JVM opened.
 */
final class ArrowWriter implements RowWriter {
  private static final int ROWS = 1 << 16;
  private static final long BYTES = 32L << 20;
  private static final int CONTINUATION = -1;
  private static final int ALIGNED = 8;

  private final OutputStream out;
  private final List<ArrowColumn> columns = new ArrayList<>();
  private int rows;

  ArrowWriter(OutputStream out) {
    this.out = out;
  }

  @Override
  public void columns(List<SqlColumn> described) throws IOException {
    begin(described);
    writeSchema(out, Map.of());
  }

  /** Takes the columns and writes nothing yet: {@link #writeSchema} does. */
  void begin(List<SqlColumn> described) {
    described.forEach(column -> columns.add(new ArrowColumn(column)));
  }

  /** Writes the schema, which is the beginning of a stream. */
  void writeSchema(OutputStream to, Map<String, String> metadata) throws IOException {
    FlatBufferBuilder head = new FlatBufferBuilder();
    int[] fields = columns.stream().mapToInt(column -> column.field(head)).toArray();
    int vector = Schema.createFieldsVector(head, fields);
    int[] pairs =
        metadata.entrySet().stream()
            .mapToInt(
                pair ->
                    KeyValue.createKeyValue(
                        head, head.createString(pair.getKey()), head.createString(pair.getValue())))
            .toArray();
    int told = Schema.createCustomMetadataVector(head, pairs);
    Schema.startSchema(head);
    Schema.addFields(head, vector);
    Schema.addCustomMetadata(head, told);
    message(to, head, MessageHeader.Schema, Schema.endSchema(head), 0);
  }

  /** About how many bytes are collected for the next batch. */
  long collectedBytes() {
    return columns.stream().mapToLong(ArrowColumn::bytes).sum();
  }

  @Override
  public boolean row(List<@Nullable Object> values) throws IOException {
    long bytes = 0;
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).add(values.get(i));
      bytes += columns.get(i).bytes();
    }
    rows++;
    if (rows == ROWS || bytes > BYTES) {
      batch();
    }
    return true;
  }

  @Override
  public void end() throws IOException {
    if (rows > 0) {
      batch();
    }
    out.write(little(2 * Integer.BYTES).putInt(CONTINUATION).putInt(0).array());
    out.flush();
  }

  private void batch() throws IOException {
    List<byte[]> buffers = new ArrayList<>();
    columns.forEach(column -> buffers.addAll(column.buffers()));
    long[] starts = new long[buffers.size() + 1];
    for (int i = 0; i < buffers.size(); i++) {
      starts[i + 1] = starts[i] + padded(buffers.get(i).length);
    }
    FlatBufferBuilder head = new FlatBufferBuilder();
    RecordBatch.startBuffersVector(head, buffers.size());
    for (int i = buffers.size() - 1; i >= 0; i--) { // Vectors are built from their end.
      Buffer.createBuffer(head, starts[i], buffers.get(i).length);
    }
    int places = head.endVector();
    RecordBatch.startNodesVector(head, columns.size());
    for (int i = columns.size() - 1; i >= 0; i--) {
      FieldNode.createFieldNode(head, columns.get(i).size(), columns.get(i).nulls());
    }
    int nodes = head.endVector();
    RecordBatch.startRecordBatch(head);
    RecordBatch.addLength(head, rows);
    RecordBatch.addNodes(head, nodes);
    RecordBatch.addBuffers(head, places);
    message(
        out,
        head,
        MessageHeader.RecordBatch,
        RecordBatch.endRecordBatch(head),
        starts[buffers.size()]);
    for (byte[] buffer : buffers) {
      out.write(buffer);
      out.write(new byte[padded(buffer.length) - buffer.length]);
    }
    columns.forEach(ArrowColumn::clear);
    rows = 0;
  }

  private static void message(
      OutputStream to, FlatBufferBuilder head, byte type, int header, long bodyBytes)
      throws IOException {
    Message.startMessage(head);
    Message.addVersion(head, MetadataVersion.V5);
    Message.addHeaderType(head, type);
    Message.addHeader(head, header);
    Message.addBodyLength(head, bodyBytes);
    head.finish(Message.endMessage(head));
    byte[] bytes = head.sizedByteArray();
    to.write(little(2 * Integer.BYTES).putInt(CONTINUATION).putInt(padded(bytes.length)).array());
    to.write(bytes);
    to.write(new byte[padded(bytes.length) - bytes.length]);
  }

  private static int padded(int bytes) {
    return (bytes + ALIGNED - 1) / ALIGNED * ALIGNED;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
