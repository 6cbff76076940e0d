package io.ostraka.query;

import io.ostraka.RunKey;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The rows of runs that have ended as a reader stored them in the root, for a fast start of the
 * next one. Derived: where they are absent, damaged or old, or where the root cannot be written,
 * the runs' cards are read instead. For one thread at a time.
 */
final class StoredRows {
  /** Fewer runs than this are read quickly enough without. */
  private static final int FEW = 200;

  /** Stored anew once so great a part of them is new. */
  private static final int PART = 20;

  private final String key;
  private final ShardStore store;
  private boolean isBegun;

  /** What was begun to be read and not taken yet. */
  private @Nullable CompletableFuture<Map<String, RowsByFolder.Kept>> reading;

  private boolean isRefused;
  private int there;

  StoredRows(String project, ShardStore store) {
    this.key = RunKey.runIndexKey(project);
    this.store = store;
  }

  /** Begins to read what is stored on another thread, if that was not begun before. */
  void begin() {
    if (!isBegun) {
      isBegun = true;
      reading = CompletableFuture.supplyAsync(this::read);
    }
  }

  /** What is stored, at the first call after {@link #begin}; nothing later. */
  Map<String, RowsByFolder.Kept> take() {
    if (reading == null) {
      return Map.of();
    }
    Map<String, RowsByFolder.Kept> rows = reading.join();
    reading = null;
    there = rows.size();
    return rows;
  }

  private Map<String, RowsByFolder.Kept> read() {
    try {
      return RunIndex.decode(store.read(key));
    } catch (IOException e) {
      return Map.of();
    }
  }

  /** Stores the rows that may hold, if enough of them are new. */
  void write(Map<String, RowsByFolder.Kept> rows) {
    if (isRefused || rows.size() < FEW) {
      return;
    }
    Map<String, RowsByFolder.Kept> lasting = new HashMap<>();
    rows.forEach(
        (run, row) -> {
          if (row.mayHold()) {
            lasting.put(run, row);
          }
        });
    if (Math.abs(lasting.size() - there) < Math.max(FEW, lasting.size()) / PART + 1) {
      return;
    }
    try {
      store.replace(key, RunIndex.encode(lasting));
      there = lasting.size();
    } catch (IOException e) {
      isRefused = true; // The root can only be read; that costs time and nothing else.
    }
  }
}
