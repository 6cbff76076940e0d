package io.ostraka.shard;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;

/** The bytes of a shard that is all footer: for tests that read no rows. */
public final class EmptyShard {
  private EmptyShard() {}

  /** A shard that says what it should. */
  public static byte[] bytes(WriterId writer, Stream stream, ShardName name) {
    return bytes(keys(writer, stream, name), name.rows());
  }

  /** The metadata of such a shard, to be changed. */
  public static Map<String, String> keys(WriterId writer, Stream stream, ShardName name) {
    Map<String, String> keys = new TreeMap<>();
    keys.put(ShardFooter.FORMAT_KEY, String.valueOf(ShardFooter.FORMAT));
    keys.put(ShardFooter.STREAM_KEY, stream.folder());
    keys.put(ShardFooter.WRITER_KEY, writer.text());
    keys.put(ShardFooter.FIRST_ROW_KEY, String.valueOf(name.first()));
    keys.put(ShardFooter.LAST_ROW_KEY, String.valueOf(name.last()));
    return keys;
  }

  /** A Parquet file with this metadata, a row count, and no row group. */
  public static byte[] bytes(Map<String, String> keys, long rows) {
    List<KeyValue> pairs = new ArrayList<>();
    keys.forEach((key, value) -> pairs.add(new KeyValue(key).setValue(value)));
    SchemaElement schema = new SchemaElement("shard");
    schema.setNum_children(0);
    FileMetaData metaData = new FileMetaData(1, List.of(schema), rows, List.of());
    metaData.setKey_value_metadata(pairs);
    byte[] magic = "PAR1".getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream footer = new ByteArrayOutputStream();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      Util.writeFileMetaData(metaData, footer);
      file.write(magic);
      file.write(footer.toByteArray());
      ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      file.write(length.putInt(footer.size()).array());
      file.write(magic);
    } catch (IOException e) {
      throw new AssertionError("Memory cannot be written", e);
    }
    return file.toByteArray();
  }
}
