package io.ostraka.shard;

import io.ostraka.Stream;
import io.ostraka.store.ByteRange;
import io.ostraka.store.SparseCopy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
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
 * What lies where in a large shard, by its footer: which bytes a reader needs who wants some
 * metrics, or some columns. Safe for threads.
 */
public final class ShardLayout {
  /*
   * A footer and the indexes before it take about 700 bytes for each row group of half a megabyte,
   * and a metric's entry about 120; what is fetched ahead suffices for nearly all.
   */
  private static final long LEAST_AHEAD_BYTES = 32 * 1024;
  private static final int AHEAD_SHARE = 256;

  private final ShardFooter footer;
  private final List<Group> groups;
  private final Optional<Map<String, MetricTotals>> metrics;

  private ShardLayout(
      ShardFooter footer, List<Group> groups, Optional<Map<String, MetricTotals>> metrics) {
    this.footer = footer;
    this.groups = groups;
    this.metrics = metrics;
  }

  /**
   * Reads a layout; of the copy the end is fetched for it.
   *
   * @param shownAs what error messages call the shard, for example its key
   * @throws io.ostraka.ShardFormatException if the footer is not that of a shard that this version
   *     reads
   */
  public static ShardLayout read(SparseCopy copy, String shownAs) throws IOException {
    long ahead = Math.max(LEAST_AHEAD_BYTES, copy.sizeBytes() / AHEAD_SHARE);
    FileMetaData metaData = ShardFooter.readMetaData(copy, shownAs, ahead);
    ShardFooter footer = ShardFooter.of(shownAs, metaData);
    List<Group> groups = new ArrayList<>();
    for (RowGroup group : metaData.getRow_groups()) {
      groups.add(Group.of(group, copy.sizeBytes(), shownAs));
    }
    return new ShardLayout(footer, groups, metrics(footer, metaData));
  }

  /** What a shard says of itself; of a copy that is not whole the end is fetched for it. */
  public static ShardFooter footer(SparseCopy copy, String shownAs) throws IOException {
    return copy.isWhole() ? ShardFooter.read(copy.path(), shownAs) : read(copy, shownAs).footer();
  }

  private static Optional<Map<String, MetricTotals>> metrics(
      ShardFooter footer, FileMetaData metaData) {
    boolean isSeries = Stream.byFolder(footer.stream()).filter(Stream::isSeries).isPresent();
    for (KeyValue pair : metaData.getKey_value_metadata()) {
      if (isSeries && pair.getKey().equals(ShardFooter.METRICS_KEY) && pair.isSetValue()) {
        return MetricTable.parse(pair.getValue());
      }
    }
    return Optional.empty();
  }

  /** What the shard says of itself. */
  public ShardFooter footer() {
    return footer;
  }

  /** Its metrics by name, if its footer has a table of them. */
  public Optional<Map<String, MetricTotals>> metrics() {
    return metrics;
  }

  /** The bytes of the row groups that may hold some metrics. */
  public List<ByteRange> ofMetrics(Collection<String> names) {
    List<byte[]> wanted =
        names.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toList();
    return groups.stream()
        .filter(group -> wanted.stream().anyMatch(group::mayHold))
        .map(Group::bytes)
        .toList();
  }

  /** The bytes of some columns, in every row group. */
  public List<ByteRange> ofColumns(Set<String> columns) {
    List<ByteRange> ranges = new ArrayList<>();
    for (Group group : groups) {
      group.columns.forEach(
          column -> {
            if (columns.contains(column.name())) {
              ranges.add(column.bytes());
            }
          });
    }
    return ranges;
  }

  /** A column of a row group. */
  private record Chunk(String name, ByteRange bytes) {}

  /** A row group; the names in it are not told where they are absent. */
  private static final class Group {
    private final List<Chunk> columns;
    private final byte[] leastName;
    private final byte[] greatestName;

    private Group(List<Chunk> columns, byte[] leastName, byte[] greatestName) {
      this.columns = columns;
      this.leastName = leastName;
      this.greatestName = greatestName;
    }

    static Group of(RowGroup group, long fileBytes, String shownAs) throws IOException {
      List<Chunk> columns = new ArrayList<>();
      byte[] least = {};
      byte[] greatest = {};
      for (ColumnChunk chunk : group.getColumns()) {
        ColumnMetaData column = chunk.getMeta_data();
        if (column == null) {
          throw ShardFooter.refuse(shownAs, "a column is described elsewhere; copy it again");
        }
        String name = String.join(".", column.getPath_in_schema());
        columns.add(new Chunk(name, bytes(column, fileBytes, shownAs)));
        Statistics statistics = column.getStatistics();
        if (name.equals("name") && statistics != null && statistics.isSetMin_value()) {
          least = statistics.getMin_value();
          greatest = statistics.isSetMax_value() ? statistics.getMax_value() : greatest;
        }
      }
      if (columns.isEmpty()) {
        throw ShardFooter.refuse(shownAs, "a row group has no columns; copy it again or remove it");
      }
      return new Group(columns, least, greatest);
    }

    private static ByteRange bytes(ColumnMetaData column, long fileBytes, String shownAs)
        throws IOException {
      long dictionary =
          column.isSetDictionary_page_offset() ? column.getDictionary_page_offset() : 0;
      long data = column.getData_page_offset();
      long begin = dictionary > 0 ? Math.min(dictionary, data) : data;
      long length = column.getTotal_compressed_size();
      if (begin < 0 || length < 1 || length > fileBytes - begin) {
        throw ShardFooter.refuse(
            shownAs, "a column lies beyond its end; copy it again or remove it");
      }
      return new ByteRange(begin, length);
    }

    boolean mayHold(byte[] name) {
      return greatestName.length == 0
          || (Arrays.compareUnsigned(leastName, name) <= 0
              && Arrays.compareUnsigned(greatestName, name) >= 0);
    }

    ByteRange bytes() {
      long begin = Long.MAX_VALUE;
      long end = 0;
      for (Chunk column : columns) {
        begin = Math.min(begin, column.bytes().offset());
        end = Math.max(end, column.bytes().end());
      }
      return new ByteRange(begin, end - begin);
    }
  }
}
