package io.ostraka;

import java.util.Optional;

/**
 * Where a shard lies below its writer.
 *
 * @param stream whose folder it is in
 * @param name its name in there
 */
public record ShardPath(Stream stream, ShardName name) {
  /**
   * Reads what follows a writer's prefix in a key; nothing for other files and for streams that
   * this version does not know.
   */
  public static Optional<ShardPath> parse(String rest) {
    int slash = rest.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    return Stream.byFolder(rest.substring(0, slash))
        .flatMap(
            stream ->
                ShardName.parse(rest.substring(slash + 1))
                    .map(name -> new ShardPath(stream, name)));
  }
}
