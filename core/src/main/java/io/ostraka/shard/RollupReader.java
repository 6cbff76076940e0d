package io.ostraka.shard;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Statistics;

/**
 * Reads the bins of one metric from a roll-up, and of the rest of the file little more than its
 * footer. What it reads it checks: the checksums of pages, and that bins ascend. Not safe for
 * threads.
 */
public final class RollupReader implements AutoCloseable {
  private static final String REMOVE = "; remove it, and 'ostraka rollups' makes it anew";

  private final String shownAs;
  private final FileChannel file;
  private final PageReader pages = new PageReader();
  private final List<RowGroup> groups;
  private final List<NameReader> names = new ArrayList<>();
  private final List<LongReader> integers = new ArrayList<>();
  private final List<RealReader> reals = new ArrayList<>();

  private RollupReader(String shownAs, FileChannel file, FileMetaData metaData) {
    this.shownAs = shownAs;
    this.file = file;
    this.groups = metaData.getRow_groups() == null ? List.of() : metaData.getRow_groups();
    RollupFile.NAMES.forEach(name -> names.add(new NameReader(pages, file)));
    RollupFile.INTEGERS.forEach(integer -> integers.add(new LongReader(pages, file, false)));
    RollupFile.REALS.forEach(real -> reals.add(new RealReader(pages, file)));
  }

  /**
   * Opens the roll-up of a shard.
   *
   * @param path where it is to be read
   * @throws ShardFormatException if it is damaged, of a newer version, or another shard's
   * @throws java.nio.file.NoSuchFileException if there is no such file
   */
  public static RollupReader open(Path path, WriterKey writer, Stream stream, ShardName shard)
      throws IOException {
    String shownAs = writer.rollupKey(stream.folder(), shard);
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    try {
      FileMetaData metaData = ShardFooter.readMetaData(file, shownAs, true);
      check(shownAs, metaData, writer, stream, shard);
      return new RollupReader(shownAs, file, metaData);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static void check(
      String shownAs, FileMetaData metaData, WriterKey writer, Stream stream, ShardName shard)
      throws ShardFormatException {
    Map<String, String> keys = new HashMap<>();
    if (metaData.isSetKey_value_metadata()) {
      for (KeyValue pair : metaData.getKey_value_metadata()) {
        keys.put(pair.getKey(), String.valueOf(pair.getValue()));
      }
    }
    String format = keys.getOrDefault(RollupFile.FORMAT_KEY, "");
    if (!format.equals(Integer.toString(RollupFile.FORMAT))) {
      throw ShardFooter.refuse(
          shownAs,
          format.isEmpty()
              ? "it is no roll-up" + REMOVE
              : "roll-up of format %s, this build reads %d%s"
                  .formatted(format, RollupFile.FORMAT, REMOVE));
    }
    boolean isOfShard =
        stream.folder().equals(keys.get(ShardFooter.STREAM_KEY))
            && writer.writer().text().equals(keys.get(ShardFooter.WRITER_KEY))
            && Long.toString(shard.first()).equals(keys.get(ShardFooter.FIRST_ROW_KEY))
            && Long.toString(shard.last()).equals(keys.get(ShardFooter.LAST_ROW_KEY));
    if (!isOfShard) {
      throw ShardFooter.refuse(shownAs, "its footer names another shard" + REMOVE);
    }
  }

  /**
   * The bins of a metric that are as wide as the caller's, or else so wide that some of them make
   * one of the caller's, and as few as possible.
   *
   * @param width of the caller's bins, in steps or milliseconds, at least 1
   * @return nothing if there are none
   * @throws ShardFormatException if what is read is damaged
   */
  public Optional<RollupLevel> find(String metric, RollupAxis axis, long width) throws IOException {
    long power = 1;
    while (power <= width / 10 && width % (10 * power) == 0) {
      power *= 10;
    }
    for (; power >= 1; power /= 10) {
      Optional<RollupLevel> found = read(metric, axis, power);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /**
   * Reads everything.
   *
   * @throws ShardFormatException if something is damaged
   */
  public void check() throws IOException {
    for (RowGroup group : groups) {
      for (Place place : places(group)) {
        read(group, place.metric(), place.axis(), place.width());
      }
    }
  }

  /**
   * Whether the bins that this has and another roll-up of the same shard has too are the same. That
   * one may have been made by another rule.
   *
   * @throws ShardFormatException if something is damaged
   */
  public boolean agreesWith(RollupReader other) throws IOException {
    for (RowGroup group : groups) {
      for (Place place : places(group)) {
        Optional<RollupLevel> one = read(group, place.metric(), place.axis(), place.width());
        Optional<RollupLevel> two = other.read(place.metric(), place.axis(), place.width());
        if (one.isPresent() && two.isPresent() && !one.get().isSameAs(two.get())) {
          return false;
        }
      }
    }
    return true;
  }

  /** A level that a row group has. */
  private record Place(String metric, RollupAxis axis, long width) {}

  private Set<Place> places(RowGroup group) throws IOException {
    Set<Place> places = new LinkedHashSet<>();
    int size = begin(group);
    try {
      for (int from = 0; from < size; from += ColumnReader.BATCH) {
        int count = Math.min(ColumnReader.BATCH, size - from);
        batch(from, count);
        for (int i = 0; i < count; i++) {
          RollupAxis axis =
              text(1, i).equals(RollupAxis.STEP.text()) ? RollupAxis.STEP : RollupAxis.TIME;
          places.add(new Place(text(0, i), axis, integers.get(0).values()[i]));
        }
      }
      return places;
    } catch (RuntimeException e) {
      throw damaged(e);
    }
  }

  private Optional<RollupLevel> read(String metric, RollupAxis axis, long width)
      throws IOException {
    byte[] utf8 = metric.getBytes(StandardCharsets.UTF_8);
    for (RowGroup group : groups) {
      if (mayHold(group, utf8, width)) {
        Optional<RollupLevel> found = read(group, metric, axis, width);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private boolean mayHold(RowGroup group, byte[] metric, long width) throws IOException {
    Statistics names = column(group, "name").getStatistics();
    Statistics widths = column(group, "width").getStatistics();
    if (names == null || widths == null || !names.isSetMin_value() || !widths.isSetMin_value()) {
      return true;
    }
    return Arrays.compareUnsigned(names.getMin_value(), metric) <= 0
        && Arrays.compareUnsigned(names.getMax_value(), metric) >= 0
        && number(widths.getMin_value()) <= width
        && number(widths.getMax_value()) >= width;
  }

  private static long number(byte[] plain) {
    return ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private Optional<RollupLevel> read(RowGroup group, String metric, RollupAxis axis, long width)
      throws IOException {
    int size = begin(group);
    try {
      int first = -1;
      int end = -1;
      for (int from = 0; from < size && (first < 0 || end == from); from += ColumnReader.BATCH) {
        int count = Math.min(ColumnReader.BATCH, size - from);
        batch(from, count);
        for (int i = 0; i < count; i++) {
          boolean isWanted =
              integers.get(0).values()[i] == width
                  && text(1, i).equals(axis.text())
                  && text(0, i).equals(metric);
          if (isWanted) {
            first = first < 0 ? from + i : first;
            end = from + i + 1;
          }
        }
      }
      return first < 0 ? Optional.empty() : Optional.of(level(group, width, first, end));
    } catch (RuntimeException e) {
      throw damaged(e);
    }
  }

  private ShardFormatException damaged(RuntimeException e) {
    String reason = e instanceof DamagedPageException ? e.getMessage() : "a page is damaged";
    return ShardFooter.refuse(shownAs, reason + REMOVE, e);
  }

  /** Makes some rows the present ones, as far as it is said there what they are. */
  private void batch(int from, int count) throws IOException {
    names.get(0).batch(from, count);
    names.get(1).batch(from, count);
    integers.get(0).batch(from, count);
  }

  private String text(int column, int i) {
    NameReader reader = names.get(column);
    return reader.text(reader.indices()[i]);
  }

  private int begin(RowGroup group) throws IOException {
    long size = group.getNum_rows();
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw ShardFooter.refuse(shownAs, "it has a row group of " + size + " rows" + REMOVE);
    }
    begin(group, RollupFile.NAMES, names, (int) size);
    begin(group, RollupFile.INTEGERS, integers, (int) size);
    begin(group, RollupFile.REALS, reals, (int) size);
    return (int) size;
  }

  private void begin(
      RowGroup group, List<String> columns, List<? extends ColumnReader> readers, int size)
      throws IOException {
    for (int i = 0; i < readers.size(); i++) {
      readers.get(i).begin(column(group, columns.get(i)), size);
    }
  }

  private RollupLevel level(RowGroup group, long width, int first, int end) throws IOException {
    RollupLevel level = new RollupLevel(width, end - first);
    int size = begin(group);
    int aligned = first - first % ColumnReader.BATCH;
    for (int from = aligned; from < end; from += ColumnReader.BATCH) {
      int count = Math.min(ColumnReader.BATCH, size - from);
      for (LongReader integer : integers) {
        integer.batch(from, count);
      }
      for (RealReader real : reals) {
        real.batch(from, count);
      }
      for (int i = Math.max(first, from); i < Math.min(end, from + count); i++) {
        set(level, i - first, i - from);
      }
    }
    return level;
  }

  private void set(RollupLevel level, int to, int i) {
    long bin = integers.get(1).values()[i];
    long count = integers.get(2).values()[i];
    long nonFinite = integers.get(3).values()[i];
    boolean isSound =
        integers.get(0).values()[i] == level.width()
            && (to == 0 || bin > level.bin(to - 1))
            && count >= 1
            && nonFinite >= 0
            && nonFinite <= count;
    if (!isSound) {
      throw new DamagedPageException("its bins are no bins");
    }
    level.set(
        to,
        bin,
        count,
        nonFinite,
        reals.get(0).values()[i],
        reals.get(1).values()[i],
        reals.get(2).values()[i],
        reals.get(3).values()[i],
        integers.get(4).values()[i]);
  }

  private ColumnMetaData column(RowGroup group, String name) throws ShardFormatException {
    for (ColumnChunk chunk : group.getColumns()) {
      if (chunk.isSetMeta_data()
          && chunk.getMeta_data().getPath_in_schema().equals(List.of(name))) {
        return chunk.getMeta_data();
      }
    }
    throw ShardFooter.refuse(shownAs, "a row group has no column " + name + REMOVE);
  }

  @Override
  public void close() throws IOException {
    pages.close();
    file.close();
  }
}
