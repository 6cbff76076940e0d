package io.ostraka.cli;

import java.io.IOException;
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

  /**
   * Checks that neither root lies within the other.
   *
   * @throws WrongCall if they are the same or one holds the other
   */
  void checkApart(Root other) {
    String one = place();
    String two = other.place();
    if (one.equals(two)) {
      throw new WrongCall(shown + " and " + other.shown + " are the same; name another target");
    }
    if (one.startsWith(two) || two.startsWith(one)) {
      throw new WrongCall(
          shown + " and " + other.shown + " lie one within the other; name another target");
    }
  }

  /** Where it really lies, with a slash at its end. */
  private String place() {
    return folder.map(Root::realPlace).orElseGet(uri::toString) + "/";
  }

  /** With links followed as far as there is anything. */
  private static String realPlace(Path path) {
    try {
      return path.toRealPath().toString();
    } catch (IOException e) {
      Path parent = path.getParent();
      return parent == null
          ? path.toString()
          : Path.of(realPlace(parent)).resolve(path.getFileName()).toString();
    }
  }

  private static URI address(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new WrongCall("Cannot use " + text + " as a root: it is no address");
    }
  }
}
