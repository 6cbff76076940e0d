package io.ostraka.storage.bucket;

import io.ostraka.store.RequestCount;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests as they are sent. Safe for threads. */
final class RequestCounter {
  /** What a request does, by which stores charge for it. */
  enum Kind {
    LIST,
    GET,
    PUT,
    HEAD,
    DELETE
  }

  private final LongAdder received = new LongAdder();
  private final Map<Kind, LongAdder> counts = new EnumMap<>(Kind.class);

  RequestCounter() {
    for (Kind kind : Kind.values()) {
      counts.put(kind, new LongAdder());
    }
  }

  void add(Kind kind) {
    of(kind).increment();
  }

  /** Counts bytes of objects that came. */
  void received(long bytes) {
    received.add(bytes);
  }

  RequestCount count() {
    return new RequestCount(
        of(Kind.LIST).sum(),
        of(Kind.GET).sum(),
        of(Kind.PUT).sum(),
        of(Kind.HEAD).sum(),
        of(Kind.DELETE).sum(),
        received.sum());
  }

  private LongAdder of(Kind kind) {
    return java.util.Objects.requireNonNull(counts.get(kind));
  }
}
