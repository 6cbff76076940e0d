package io.ostraka;

/**
 * When waiting rows are sealed and published: as soon as one of the two is reached.
 *
 * @param seconds how long a row waits at most, in seconds
 * @param bytes how many bytes of the journal wait at most
 */
public record FlushSettings(double seconds, long bytes) {
  /** The defaults for a root that is a folder. */
  public static final FlushSettings FOLDER = new FlushSettings(1.0, 8 << 20);

  /** The defaults for a root that is a bucket, where each shard costs a request. */
  public static final FlushSettings BUCKET = new FlushSettings(10.0, 8 << 20);

  /** Checks the ranges. */
  public FlushSettings {
    if (!(seconds >= 0 && seconds <= 86_400)) {
      throw new IllegalArgumentException(
          "Flush after " + seconds + " seconds: give a number from 0 to 86400");
    }
    if (bytes < 4096 || bytes > 1 << 30) {
      throw new IllegalArgumentException(
          "Flush after " + bytes + " bytes: give a number from 4096 to 1073741824");
    }
  }
}
