package io.ostraka.viewer;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The built page, as resources beside this class. Nothing else is ever read: a path is a row of
 * plain names, or it is refused.
 */
final class PageFiles {
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");

  /** What bytes that are no UTF-8 are decoded to. */
  private static final char UNDECODABLE = '\ufffd';

  private static final String INDEX = "index.html";
  private static final String HASHED_FOLDER = "assets/";
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "json", "application/json; charset=utf-8",
          "webmanifest", "application/manifest+json",
          "woff2", "font/woff2",
          "wasm", "application/wasm");
  private static final List<String> COMPRESSIBLE = List.of("html", "js", "css", "svg", "json");

  private final Map<String, File> files = new ConcurrentHashMap<>();

  /** One file of the page, and what identifies its content. */
  record File(Answer answer, String tag) {
    /** What is sent to a browser that has the file already. */
    Answer unchanged() {
      return new Answer(304, answer.headers(), new byte[0], answer.compressible());
    }
  }

  /**
   * Finds what a path shows: a file of the build; else, if its last name has no extension, the page
   * itself, which reads the rest of the address.
   *
   * @param path decoded once, beginning with a slash
   * @throws Refusal if there is nothing
   */
  File find(String path) throws IOException, Refusal {
    String relative = path.substring(1);
    List<String> names = List.of(relative.split("/", -1));
    String last = names.get(names.size() - 1);
    boolean isFile = last.contains(".");
    if (!isFile) {
      if (leavesTheRoot(path)) {
        throw Refusal.notFound("There is nothing here");
      }
      return read(INDEX)
          .orElseThrow(
              () -> Refusal.notFound("This build is without the page; build it with its page"));
    }
    for (String name : names) {
      if (!PLAIN_NAME.matcher(name).matches()) {
        throw Refusal.notFound("There is nothing here");
      }
    }
    return read(relative).orElseThrow(() -> Refusal.notFound("The page has no file " + relative));
  }

  /* Also what would leave it if it were decoded once more. */
  private static boolean leavesTheRoot(String path) {
    String decoded = path;
    for (int i = 0; i < 3; i++) {
      boolean suspicious =
          decoded.indexOf('\\') >= 0
              || decoded.indexOf(UNDECODABLE) >= 0
              || decoded.chars().anyMatch(Character::isISOControl)
              || decoded.contains("//")
              || decoded.contains("/.");
      if (suspicious) {
        return true;
      }
      decoded = decodedOrSame(decoded);
    }
    return false;
  }

  private static String decodedOrSame(String path) {
    try {
      return URLDecoder.decode(path, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path;
    }
  }

  private Optional<File> read(String name) throws IOException {
    File known = files.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    try (InputStream in = PageFiles.class.getResourceAsStream("page/" + name)) {
      if (in == null) {
        return Optional.empty();
      }
      File file = file(name, in.readAllBytes());
      files.put(name, file);
      return Optional.of(file);
    }
  }

  private static File file(String name, byte[] bytes) {
    String extension = name.substring(name.lastIndexOf('.') + 1);
    String type = TYPES.getOrDefault(extension, "application/octet-stream");
    boolean hashed = name.startsWith(HASHED_FOLDER);
    String caching = hashed ? "public, max-age=31536000, immutable" : "no-cache";
    String tag = EntityTag.of(bytes);
    Map<String, String> headers =
        Map.of("Content-Type", type, "Cache-Control", caching, "ETag", tag);
    return new File(new Answer(200, headers, bytes, COMPRESSIBLE.contains(extension)), tag);
  }
}
