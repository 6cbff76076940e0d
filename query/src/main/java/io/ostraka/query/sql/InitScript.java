package io.ostraka.query.sql;

import io.ostraka.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The script that makes the views in the stock DuckDB. It holds no list of shards: the live rule is
 * computed in SQL from the names below the root, whenever the script is read.
 */
public final class InitScript {
  /** Where the script lies in a root that keeps it. */
  public static final String KEY = "_sql/ostraka.sql";

  /** The streams of which a resume hides points. */
  private static final String STEPPED =
      Arrays.stream(Stream.values())
          .filter(Stream::stepRequired)
          .map(stream -> Sql.literal(stream.folder()))
          .collect(Collectors.joining(", "));

  private InitScript() {}

  /**
   * The script for a root.
   *
   * @param root an absolute path, or {@code s3://bucket/prefix}
   */
  public static String of(String root) {
    return resource("init.sql")
        .replace("@reader@\n", StreamViews.READER)
        .replace("@streams@\n", StreamViews.files() + StreamViews.views())
        .replace("@stepped@", STEPPED)
        .replace("@root@", Sql.literal(root));
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(InitScript.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
