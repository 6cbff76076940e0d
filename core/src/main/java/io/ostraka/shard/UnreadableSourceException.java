package io.ostraka.shard;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import java.io.IOException;

/**
 * A source of a merge that does not hold what its name says, so that nothing was merged. The
 * message is that of the {@link ShardFormatException} that is its cause.
 */
public final class UnreadableSourceException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient ShardName source;

  UnreadableSourceException(ShardName source, ShardFormatException cause) {
    super(cause.getMessage(), cause);
    this.source = source;
  }

  /** Which one. */
  public ShardName source() {
    return source;
  }
}
