package io.ostraka.viewer;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What is sent back for a request: a status, headers, and the bytes of a body. */
final class Answer {
  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;
  private final boolean compressible;

  /**
   * An answer.
   *
   * @param headers the type of the body among them
   * @param body not changed any more
   * @param compressible whether the body becomes smaller by compression
   */
  Answer(int status, Map<String, String> headers, byte[] body, boolean compressible) {
    this.status = status;
    this.headers = Map.copyOf(headers);
    this.body = body;
    this.compressible = compressible;
  }

  static Answer json(int status, byte[] json) {
    return new Answer(status, fresh("application/json; charset=utf-8"), json, true);
  }

  static Answer binary(String type, byte[] bytes) {
    return new Answer(200, fresh(type), bytes, true);
  }

  static Answer error(int status, String message) {
    return json(status, Json.error(message).getBytes(StandardCharsets.UTF_8));
  }

  /** What is sent instead of an answer that the client has already. */
  static Answer unchanged(String tag) {
    return new Answer(304, Map.of("Cache-Control", "no-cache", "ETag", tag), new byte[0], true);
  }

  /** The same, to be kept by the client and asked for again by its tag. */
  Answer tagged(String tag) {
    Map<String, String> more = new HashMap<>(headers);
    more.put("Cache-Control", "no-cache");
    more.put("ETag", tag);
    return new Answer(status, more, body, compressible);
  }

  /** The same with another header. */
  Answer with(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return new Answer(status, more, body, compressible);
  }

  int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }

  byte[] body() {
    return body;
  }

  boolean compressible() {
    return compressible;
  }

  private static Map<String, String> fresh(String type) {
    return Map.of("Content-Type", type, "Cache-Control", "no-store");
  }
}
