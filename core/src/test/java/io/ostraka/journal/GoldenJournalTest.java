package io.ostraka.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.shard.NameTable;
import io.ostraka.shard.RowBuffer;
import io.ostraka.shard.Rows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal that the Python client's tests write: {@code docs/golden/journal}. */
class GoldenJournalTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("ostraka.repository"), "docs/golden/journal");
  private static final WriterId WRITER = new WriterId("r000003-9f1c0a77d2e4b581");

  @TempDir Path folder;

  @Test
  void everyRecordIsReadAsItWasMeant() throws IOException {
    JsonNode expected = new ObjectMapper().readTree(GOLDEN.resolve("expected.json").toFile());
    NameTable names = new NameTable();
    try (JournalReader reader = JournalReader.open(new JournalFiles(GOLDEN, WRITER), names)) {
      Rows read = new Rows(names, reader.header().card());
      reader.read(read, Long.MAX_VALUE, Long.MAX_VALUE);
      assertThat(reader.bad()).isEmpty();
      assertThat(reader.closed()).isTrue();
      assertThat(reader.position()).isEqualTo(expected.path("end").asLong());
      assertThat((Object) read.closed()).isEqualTo(expected.path("close"));
      assertThat((Object) read.card()).isEqualTo(expected.path("card"));
      for (Stream stream : Stream.values()) {
        assertRows(stream, read, expected.path("rows").path(stream.folder()));
      }
    }
  }

  private static void assertRows(Stream stream, Rows read, JsonNode expected) {
    RowBuffer rows = read.rows(stream);
    assertThat(rows.size()).as(stream.folder()).isEqualTo(expected.size()).isPositive();
    for (int row = 0; row < rows.size(); row++) {
      JsonNode cells = expected.get(row);
      assertThat(rows.hasStep(row)).isEqualTo(!cells.get(0).isNull());
      assertThat(rows.step(row)).isEqualTo(cells.get(0).asLong());
      assertThat(rows.timeMicros(row)).isEqualTo(1000 * cells.get(1).asLong());
      assertThat(read.cell(stream, row, 0)).isEqualTo(cells.get(2).asText());
      Object value = read.cell(stream, row, 1);
      if (value instanceof Double number) {
        double wanted =
            cells.get(3).isTextual()
                ? Double.parseDouble(cells.get(3).asText())
                : cells.get(3).doubleValue();
        assertThat(number).isEqualTo((Double) wanted);
      } else {
        assertThat(described((String) value)).isEqualTo(cells.get(3).asText());
      }
    }
  }

  /** The long text is described only. */
  private static String described(String text) {
    return text.equals("0123456789abcdef".repeat(4097))
        ? "65552 bytes, 0123456789abcdef again and again"
        : text;
  }

  @Test
  void keySetsAndValuesAreWrittenByteForByteAlike() throws IOException {
    List<byte[]> golden = records(GOLDEN.resolve(WRITER + ".000000.journal"));
    AtomicLong ticks = new AtomicLong();
    JournalHeader header;
    try (JournalReader reader =
        JournalReader.open(new JournalFiles(GOLDEN, WRITER), new NameTable())) {
      header = reader.header();
    }
    JournalFiles files = new JournalFiles(folder, WRITER);
    JournalLimits limits = new JournalLimits(1L << 30, Duration.ZERO);
    try (JournalWriter journal = JournalWriter.create(files, header, limits, ticks::get)) {
      List<KeySet> keySets = new ArrayList<>();
      for (byte[] record : golden) {
        ByteBuffer body = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        if (record[0] == JournalFormat.KEY_SET) {
          keySets.add(keySet(body));
        } else {
          KeySet keySet = keySets.get(body.getInt(4));
          double[] values = new double[keySet.size()];
          for (int i = 0; i < values.length; i++) {
            values[i] = body.getDouble(JournalFormat.VALUES_HEAD_BYTES + 8 * i);
          }
          ticks.set(body.getLong(16));
          journal.values(keySet, body.getLong(8), values);
        }
      }
    }
    List<byte[]> written = records(files.segment(0));
    assertThat(golden.size()).isGreaterThan(40);
    assertThat(written).hasSameSizeAs(golden);
    for (int i = 0; i < golden.size(); i++) {
      assertThat(written.get(i)).as("record %d", i).isEqualTo(golden.get(i));
    }
  }

  private static KeySet keySet(ByteBuffer body) {
    List<String> names = new ArrayList<>();
    body.position(12);
    for (int i = 0; i < body.getInt(8); i++) {
      byte[] name = new byte[body.getShort()];
      body.get(name);
      names.add(new String(name, StandardCharsets.UTF_8));
    }
    return new KeySet(Stream.METRICS, names);
  }

  /** The bodies of the metrics' key sets and values at the start of a segment. */
  private static List<byte[]> records(Path segment) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment)).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    int at = JournalFormat.RECORDS_START;
    while (at + 8 < bytes.capacity() && bytes.getInt(at) != 0) {
      int length = bytes.getInt(at) & JournalFormat.LENGTH_MASK;
      byte kind = bytes.get(at + 8);
      if (kind == JournalFormat.KEY_SET && !records.isEmpty()) {
        break; // of system samples, which no Java program writes
      }
      if (kind == JournalFormat.KEY_SET || kind == JournalFormat.VALUES) {
        byte[] body = new byte[length];
        bytes.get(at + 8, body);
        records.add(body);
      }
      at += JournalFormat.recordBytes(length);
    }
    return records;
  }
}
