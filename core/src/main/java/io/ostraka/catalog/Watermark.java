package io.ostraka.catalog;

import io.ostraka.Stream;
import io.ostraka.WriterId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How far a reader has come: for each writer and stream the last row that it has taken in.
 *
 * <p>Immutable and safe for threads. As text it has only characters that a URL takes as they are.
 */
public final class Watermark {
  private static final Watermark NONE = new Watermark(Collections.emptyMap());
  private static final Pattern ROW = Pattern.compile("[0-9]{1,12}");
  private static final int KEPT_WHOLE = 40;

  private final Map<WriterId, Map<Stream, Long>> rows;

  private Watermark(Map<WriterId, Map<Stream, Long>> rows) {
    this.rows = rows;
  }

  /** A reader that has taken in nothing. */
  public static Watermark none() {
    return NONE;
  }

  /** A reader that has taken in every live shard of these writers. */
  public static Watermark of(Collection<WriterSnapshot> writers) {
    Map<WriterId, Map<Stream, Long>> rows = new TreeMap<>();
    for (WriterSnapshot writer : writers) {
      writer
          .shards()
          .forEach((stream, shards) -> shards.forEach(s -> put(rows, writer, stream, s)));
    }
    return new Watermark(rows);
  }

  /**
   * Reads what {@link #format} wrote; the empty text is {@link #none}.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Watermark parse(String text) {
    Map<WriterId, Map<Stream, Long>> rows = new TreeMap<>();
    if (text.isEmpty()) {
      return NONE;
    }
    for (String line : text.split("~", -1)) {
      String[] parts = line.split("\\.", -1);
      if (parts.length < 3 || parts.length % 2 == 0 || !WriterId.isWriterId(parts[0])) {
        throw notOne(text);
      }
      Map<Stream, Long> ofWriter = rows.computeIfAbsent(new WriterId(parts[0]), w -> streams());
      for (int i = 1; i < parts.length; i += 2) {
        ofWriter.put(stream(parts[i], text), row(parts[i + 1], text));
      }
    }
    return new Watermark(rows);
  }

  /** The watermark as text, the same for equal ones. */
  public String format() {
    List<String> lines = new ArrayList<>();
    rows.forEach(
        (writer, streams) -> {
          StringBuilder line = new StringBuilder(writer.text());
          streams.forEach((s, row) -> line.append('.').append(s.number()).append('.').append(row));
          lines.add(line.toString());
        });
    return String.join("~", lines);
  }

  /** The last row taken in, or -1 if none was. */
  public long row(WriterId writer, Stream stream) {
    return rows.getOrDefault(writer, Collections.emptyMap()).getOrDefault(stream, -1L);
  }

  /** The watermark of a reader that has also taken in a row; it never goes back. */
  public Watermark with(WriterId writer, Stream stream, long row) {
    if (row <= row(writer, stream)) {
      return this;
    }
    Map<WriterId, Map<Stream, Long>> more = new TreeMap<>(rows);
    Map<Stream, Long> ofWriter = streams();
    ofWriter.putAll(rows.getOrDefault(writer, Collections.emptyMap()));
    ofWriter.put(stream, row);
    more.put(writer, ofWriter);
    return new Watermark(more);
  }

  private static void put(
      Map<WriterId, Map<Stream, Long>> rows,
      WriterSnapshot writer,
      Stream stream,
      LiveShard shard) {
    rows.computeIfAbsent(writer.key().writer(), w -> streams())
        .merge(stream, shard.name().last(), Math::max);
  }

  private static Map<Stream, Long> streams() {
    return new EnumMap<>(Stream.class);
  }

  private static Stream stream(String number, String text) {
    if (!ROW.matcher(number).matches()) {
      throw notOne(text);
    }
    return Stream.byNumber((int) Math.min(Long.parseLong(number), Integer.MAX_VALUE))
        .orElseThrow(() -> notOne(text));
  }

  private static long row(String row, String text) {
    if (!ROW.matcher(row).matches()) {
      throw notOne(text);
    }
    return Long.parseLong(row);
  }

  private static IllegalArgumentException notOne(String text) {
    String shown = text.length() <= KEPT_WHOLE ? text : text.substring(0, KEPT_WHOLE) + "...";
    return new IllegalArgumentException(
        "Not a watermark: \"" + shown + "\"; give the one of an earlier answer, or none");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Watermark watermark && watermark.rows.equals(rows);
  }

  @Override
  public int hashCode() {
    return rows.hashCode();
  }

  @Override
  public String toString() {
    return "Watermark[" + format() + "]";
  }
}
