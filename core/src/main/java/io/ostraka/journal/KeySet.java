package io.ostraka.journal;

import io.ostraka.Names;
import io.ostraka.Stream;
import java.util.List;

/**
 * Names that are logged together, numbered once for each segment of a journal. Used under the lock
 * of its {@link JournalWriter}.
 */
public final class KeySet {
  /** How many names a key set has at most. */
  public static final int LIMIT = JournalFormat.KEY_SET_LIMIT;

  final Stream stream;
  final List<String> names;
  final int bodyBytes;
  final int lengthWord;
  final byte[] lengthBytes = new byte[4];

  /** The segment in which {@code number} holds; -1 before the first. */
  int segment = -1;

  int number;

  /**
   * A key set.
   *
   * @param stream a stream that is a series
   * @param names names of metrics in the order of their values, 1 to 4,096
   * @throws IllegalArgumentException if a name cannot be one, or if there are too many
   */
  public KeySet(Stream stream, List<String> names) {
    if (names.isEmpty() || names.size() > JournalFormat.KEY_SET_LIMIT) {
      throw new IllegalArgumentException(
          names.size() + " names in a key set; give 1 to " + JournalFormat.KEY_SET_LIMIT);
    }
    this.stream = stream;
    this.names = names.stream().map(Names::metric).toList();
    this.bodyBytes = JournalFormat.VALUES_HEAD_BYTES + 8 * names.size();
    this.lengthWord = JournalFormat.LENGTH_TAG | bodyBytes;
    JournalFormat.INT.set(lengthBytes, 0, lengthWord);
  }

  /** How many names there are. */
  public int size() {
    return names.size();
  }
}
