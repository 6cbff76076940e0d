package io.ostraka.sync;

import io.ostraka.Column;
import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.shard.ShardFooter;
import io.ostraka.shard.ShardReader;
import io.ostraka.sync.SyncTask.Shard;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Tells whether an immutable object is what its name says. */
final class Contents {
  private static final int BUFFER_BYTES = 64 * 1024;

  private Contents() {}

  /**
   * Checks what can be checked without decoding: a shard by its footer, a blob by its hash. A shard
   * of a newer format counts as good: whoever knows it reads it.
   *
   * @throws ShardFormatException if it is not what its name says
   */
  static void check(SyncTask task, Path file) throws IOException {
    if (task.shard().isPresent()) {
      checkFooter(task, task.shard().get(), file);
    } else {
      checkHash(task.key(), file);
    }
  }

  /**
   * The same, and of a shard decodes every row.
   *
   * @throws ShardFormatException if it is not what its name says
   */
  static void checkWhole(SyncTask task, Path file) throws IOException {
    check(task, file);
    if (task.shard().filter(shard -> Stream.byFolder(shard.stream()).isPresent()).isPresent()) {
      try (ShardReader reader = ShardReader.open(file, task.key())) {
        reader.checkRows(task.shard().get().name());
      }
      try (ShardReader reader = ShardReader.open(file, task.key())) {
        while (reader.next()) {
          readRow(reader);
        }
      }
    }
  }

  /** Whether two good shards of one name hold the same rows; not known of other objects. */
  static boolean sameRows(SyncTask task, Path one, Path other) throws IOException {
    if (task.shard().flatMap(shard -> Stream.byFolder(shard.stream())).isEmpty()) {
      return false;
    }
    try (ShardReader ones = ShardReader.open(one, task.key());
        ShardReader others = ShardReader.open(other, task.key())) {
      while (ones.next()) {
        if (!others.next() || !sameRow(ones, others)) {
          return false;
        }
      }
      return !others.next();
    }
  }

  private static void checkFooter(SyncTask task, Shard shard, Path file) throws IOException {
    ShardFooter footer;
    try {
      footer = ShardFooter.read(file, task.key());
    } catch (ShardFormatException e) {
      if (e.isNewer()) {
        return;
      }
      throw e;
    }
    Optional<Stream> stream = Stream.byFolder(shard.stream());
    ShardName name = shard.name();
    if (stream.isPresent()) {
      footer.check(task.writer(), stream.get(), name);
    } else if (footer.first() != name.first() || footer.last() != name.last()) {
      throw new ShardFormatException(
          "Cannot read %s: its footer says rows %d to %d, which is not what its name says"
              .formatted(task.key(), footer.first(), footer.last()));
    }
  }

  private static void checkHash(String key, Path file) throws IOException {
    String name = key.substring(key.lastIndexOf('/') + 1);
    String said = name.substring(0, name.indexOf('.'));
    String found = sha256(file);
    if (!found.equals(said)) {
      throw new ShardFormatException(
          "Cannot read %s: the hash of its bytes is %s…, which is not what its name says; put back the original file or remove this one"
              .formatted(key, found.substring(0, 8)));
    }
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static void readRow(ShardReader reader) throws IOException {
    reader.step();
    reader.timeMicros();
    for (int i = 0; i < reader.stream().columns().size(); i++) {
      if (isReal(reader.stream(), i)) {
        reader.real(i);
      } else {
        reader.text(i);
      }
    }
  }

  private static boolean sameRow(ShardReader one, ShardReader other) throws IOException {
    boolean same =
        one.row() == other.row()
            && one.hasStep() == other.hasStep()
            && one.step() == other.step()
            && one.timeMicros() == other.timeMicros();
    for (int i = 0; same && i < one.stream().columns().size(); i++) {
      same =
          isReal(one.stream(), i)
              ? Double.doubleToRawLongBits(one.real(i)) == Double.doubleToRawLongBits(other.real(i))
              : one.text(i).equals(other.text(i));
    }
    return same;
  }

  private static boolean isReal(Stream stream, int column) {
    return stream.columns().get(column).type() == Column.Type.DOUBLE;
  }
}
