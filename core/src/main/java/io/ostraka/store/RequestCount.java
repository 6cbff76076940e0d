package io.ostraka.store;

/**
 * How many requests a store has made, by what they cost: attempts that were repeated count each.
 *
 * @param list listings, a page each
 * @param get objects or parts of them read
 * @param put objects, parts and their joining written
 * @param head looks at an object without its bytes
 * @param delete objects deleted
 * @param receivedBytes the bytes of objects that came, which is no request
 */
public record RequestCount(
    long list, long get, long put, long head, long delete, long receivedBytes) {
  /** None yet. */
  public static RequestCount none() {
    return new RequestCount(0, 0, 0, 0, 0, 0);
  }

  /** These and others. */
  public RequestCount plus(RequestCount other) {
    return new RequestCount(
        list + other.list,
        get + other.get,
        put + other.put,
        head + other.head,
        delete + other.delete,
        receivedBytes + other.receivedBytes);
  }

  /** All of them. */
  public long total() {
    return list + get + put + head + delete;
  }

  /** For example {@code 12 requests (3 LIST, 8 GET, 1 PUT)}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    append(text, list, "LIST");
    append(text, get, "GET");
    append(text, put, "PUT");
    append(text, head, "HEAD");
    append(text, delete, "DELETE");
    return total() == 1
        ? "1 request (" + text + ")"
        : total() + " requests" + (text.isEmpty() ? "" : " (" + text + ")");
  }

  private static void append(StringBuilder text, long count, String name) {
    if (count > 0) {
      text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(name);
    }
  }
}
