package io.ostraka.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where runs are, as a person says it: a folder, or a bucket as {@code s3://BUCKET/PREFIX}.
 *
 * @param uri absolute, without a slash at its end
 * @param shown how people know it
 * @param folder the folder, absolute; empty for a bucket
 */
record Root(URI uri, String shown, Optional<Path> folder) {
  private static final String BUCKET = "s3://";

  /**
   * Reads what a person said.
   *
   * @param base the folder that relative paths start from
   * @throws WrongCall if it names neither a folder nor a bucket
   */
  static Root of(String text, Path base) {
    if (text.startsWith(BUCKET)) {
      return ofBucket(text);
    }
    if (text.startsWith("file:")) {
      return of(Path.of(address(text)), base);
    }
    if (text.contains("://")) {
      throw new WrongCall(
          "Cannot use " + text + " as a root: name a folder, or a bucket as s3://BUCKET/PREFIX");
    }
    return of(Path.of(text), base);
  }

  private static Root of(Path path, Path base) {
    Path folder = base.resolve(path).normalize();
    return new Root(folder.toUri(), folder.toString(), Optional.of(folder));
  }

  private static Root ofBucket(String text) {
    String trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    return new Root(address(trimmed.replace(" ", "%20")), trimmed, Optional.empty());
  }

  private static URI address(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new WrongCall("Cannot use " + text + " as a root: it is no address");
    }
  }
}
