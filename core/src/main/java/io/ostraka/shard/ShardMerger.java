package io.ostraka.shard;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Merges neighbouring shards of one stream into one that holds each of their rows once, laid out as
 * if all rows had been written at once. Rows pass through: neither a source nor the merged shard is
 * ever in memory whole. Not safe for threads.
 *
 * <p>Each source is checked as it is read: its footer, the checksums of its pages, that its rows
 * are in order, and that they are each row of its range once.
 */
public final class ShardMerger implements AutoCloseable {
  /** How much of the sources' pages may be in memory. */
  private static final long PAGE_BYTES = 32 << 20;

  /** What a source takes beside its pages. */
  private static final long SOURCE_BYTES = 80 << 10;

  private final PageReader pages = new PageReader();
  private final ZstdCodec zstd = new ZstdCodec();
  private final long pageBytes;

  /** A merger that keeps to some tens of megabytes. */
  public ShardMerger() {
    this(PAGE_BYTES);
  }

  /**
   * A merger that keeps to a bound.
   *
   * @param pageBytes how much of the sources' pages may be in memory; what does not fit is merged
   *     in two passes, by way of files beside the target
   */
  ShardMerger(long pageBytes) {
    this.pageBytes = pageBytes;
  }

  /**
   * A shard to be merged.
   *
   * @param file where it is to be read
   * @param name its range
   */
  public record Source(Path file, ShardName name) {}

  /**
   * Merges shards.
   *
   * @param target the file to make; one that is there is replaced. It is complete when this
   *     returns, and not synced. Where this throws, it is absent or incomplete
   * @param writer whose shards they are
   * @param sources at least one, each beginning where the one before ends
   * @return the name of the merged shard
   * @throws UnreadableSourceException if a source does not hold what its name says
   */
  public ShardName merge(Path target, WriterKey writer, Stream stream, List<Source> sources)
      throws IOException {
    return merge(target, writer, stream, sources, null);
  }

  /**
   * The same, and makes the roll-up of the merged shard on the way. Where that fails, there is
   * none: it is made of the shard at any time.
   *
   * @param rollup the file to make, or to remove if there is nothing to be put into it; not synced
   */
  public ShardName merge(
      Path target,
      WriterKey writer,
      Stream stream,
      List<Source> sources,
      Path rollup,
      RollupRule rule)
      throws IOException {
    try (RollupBeside beside = new RollupBeside(rollup, stream, rule)) {
      ShardName name = merge(target, writer, stream, sources, beside);
      beside.end(writer.writer(), name);
      return name;
    }
  }

  private ShardName merge(
      Path target,
      WriterKey writer,
      Stream stream,
      List<Source> sources,
      @Nullable RollupBeside rollup)
      throws IOException {
    List<Path> temporary = new ArrayList<>();
    try {
      Merge merge = new Merge(target, writer, stream);
      List<Source> left = sources;
      while (left.size() > merge.atOnce(left, 0)) {
        left = merge.inParts(left, temporary);
      }
      return merge.write(target, left, rollup);
    } finally {
      for (Path path : temporary) {
        Files.deleteIfExists(path);
      }
    }
  }

  @Override
  public void close() {
    pages.close();
    zstd.release();
  }

  /** One merge: opens its sources, as many as fit, and lets the rows of the least go first. */
  private final class Merge {
    private final Path target;
    private final WriterKey writer;
    private final Stream stream;

    Merge(Path target, WriterKey writer, Stream stream) {
      this.target = target;
      this.writer = writer;
      this.stream = stream;
    }

    /** How many sources, from one on, fit into memory together; two do in any case. */
    int atOnce(List<Source> sources, int from) throws IOException {
      long bytes = 0;
      for (int i = from; i < sources.size(); i++) {
        try (ShardReader reader = open(sources.get(i))) {
          // Rows that are in the order of their numbers are read from one source after the other.
          bytes += SOURCE_BYTES + (stream.sortedByName() ? reader.pageBytes() : 0);
        }
        if (i - from >= 2 && bytes > pageBytes) {
          return i - from;
        }
      }
      return sources.size() - from;
    }

    /** Merges as many sources at a time as fit, into files beside the target. */
    List<Source> inParts(List<Source> sources, List<Path> temporary) throws IOException {
      List<Source> parts = new ArrayList<>();
      for (int from = 0; from < sources.size(); ) {
        List<Source> part = sources.subList(from, from + atOnce(sources, from));
        Path file = target.resolveSibling(target.getFileName() + "." + temporary.size());
        temporary.add(file);
        parts.add(new Source(file, write(file, part, null)));
        from += part.size();
      }
      return parts;
    }

    ShardName write(Path file, List<Source> sources, @Nullable RollupBeside rollup)
        throws IOException {
      ShardName name = checkContiguous(sources);
      List<MergeSource> opened = new ArrayList<>();
      try (ShardFile shard = ShardFile.create(file, stream, zstd, rollup)) {
        for (Source source : sources) {
          opened.add(begin(source));
        }
        new RowMerge(shard, stream).write(opened);
        shard.end(writer.writer(), name);
      } finally {
        for (MergeSource source : opened) {
          source.close();
        }
      }
      return name;
    }

    private MergeSource begin(Source source) throws IOException {
      ShardReader reader = open(source);
      try {
        return MergeSource.open(reader, writer, stream, source.name());
      } catch (IOException | RuntimeException e) {
        reader.close();
        throw e;
      }
    }

    private ShardReader open(Source source) throws IOException {
      String shownAs = writer.shardKey(stream.folder(), source.name());
      try {
        return ShardReader.open(source.file(), shownAs, pages);
      } catch (ShardFormatException e) {
        throw new UnreadableSourceException(source.name(), e);
      }
    }
  }

  private static ShardName checkContiguous(List<Source> sources) {
    for (int i = 1; i < sources.size(); i++) {
      if (sources.get(i).name().first() != sources.get(i - 1).name().last() + 1) {
        throw new IllegalArgumentException(
            "Shard %s does not begin where %s ends"
                .formatted(sources.get(i).name(), sources.get(i - 1).name()));
      }
    }
    return new ShardName(
        sources.get(0).name().first(), sources.get(sources.size() - 1).name().last());
  }
}
