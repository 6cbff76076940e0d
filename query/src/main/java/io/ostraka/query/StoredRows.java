package io.ostraka.query;

import io.ostraka.RunKey;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The rows of runs that have ended as a reader stored them in the root, for a fast start of the
 * next one. Derived: where they are absent, damaged or old, or where the root cannot be written,
 * the runs' cards are read instead. For one thread.
 */
final class StoredRows {
  /** Fewer runs than this are read quickly enough without. */
  private static final int FEW = 200;

  /** Stored anew once so great a part of them is new. */
  private static final int PART = 20;

  private final String key;
  private final ShardStore store;
  private boolean isRead;
  private boolean isRefused;
  private int there;

  StoredRows(String project, ShardStore store) {
    this.key = RunKey.runIndexKey(project);
    this.store = store;
  }

  /** What is stored, at the first call; nothing later. */
  Map<String, RowsByFolder.Kept> read() {
    if (isRead) {
      return Map.of();
    }
    isRead = true;
    try {
      Map<String, RowsByFolder.Kept> rows = RunIndex.decode(store.read(key));
      there = rows.size();
      return rows;
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
