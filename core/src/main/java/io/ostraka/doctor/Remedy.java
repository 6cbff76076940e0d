package io.ostraka.doctor;

import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import java.time.Instant;
import java.util.List;

/** Something that can be done about a finding and loses nothing. */
public sealed interface Remedy {
  /**
   * Publishes a shard that covers shards which share rows.
   *
   * @param shards two or more, by first row, each sharing rows with the one before; their shared
   *     rows were compared and are the same
   */
  record Mend(WriterKey writer, Stream stream, List<ShardName> shards) implements Remedy {
    /** Keeps its own copy. */
    public Mend {
      shards = List.copyOf(shards);
    }

    /** The range of all of them. */
    ShardName target() {
      return new ShardName(shards.get(0).first(), shards.get(shards.size() - 1).last());
    }
  }

  /**
   * Removes covered shards whose rows were compared with those that cover them.
   *
   * @param covered by first row
   * @param covering the live shards that cover them
   */
  record Retire(WriterKey writer, Stream stream, List<ShardName> covered, List<ShardName> covering)
      implements Remedy {
    /** Keeps its own copies. */
    public Retire {
      covered = List.copyOf(covered);
      covering = List.copyOf(covering);
    }
  }

  /**
   * Moves what only looks like a shard out of the readers' way, to the same key below {@code
   * _doctor/}.
   */
  record MoveAside(String key) implements Remedy {}

  /** Removes a roll-up, which is derived. */
  record RemoveRollup(String key) implements Remedy {}

  /**
   * Removes what publishers that died left below a prefix.
   *
   * @param before what was last written at this time or later stays
   */
  record RemoveUnfinished(String prefix, Instant before) implements Remedy {}
}
