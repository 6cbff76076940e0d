package io.ostraka;

import java.util.Comparator;

/**
 * One writer of one run; everything below its prefix has this writer as its only owner.
 *
 * @param run the run that it logs to
 * @param writer its id
 */
public record WriterKey(RunKey run, WriterId writer) implements Comparable<WriterKey> {
  private static final Comparator<WriterKey> ORDER =
      Comparator.comparing(WriterKey::run).thenComparing(WriterKey::writer);

  /** The prefix of everything of the writer, with a slash at its end. */
  public String prefix() {
    return run.prefix() + "writer=" + writer + "/";
  }

  /** The key of the writer's card, which is replaced as it goes. */
  public String cardKey() {
    return prefix() + "writer.json";
  }

  /** The key of the writer's last card, which is created once. */
  public String endKey() {
    return prefix() + "end.json";
  }

  /** The prefix of the shards of one stream, with a slash at its end. */
  public String streamPrefix(String stream) {
    return prefix() + stream + "/";
  }

  /** The key of one shard. */
  public String shardKey(String stream, ShardName shard) {
    return streamPrefix(stream) + shard.format();
  }

  /** The key of the roll-up of one shard. Derived: it may be absent. */
  public String rollupKey(String stream, ShardName shard) {
    return run.rollupsPrefix() + "writer=" + writer + "/" + stream + "/" + shard.format();
  }

  /** What people read of it: project, run and writer with slashes between. */
  public String shown() {
    return run.project() + "/" + run.run() + "/" + writer;
  }

  @Override
  public int compareTo(WriterKey other) {
    return ORDER.compare(this, other);
  }
}
