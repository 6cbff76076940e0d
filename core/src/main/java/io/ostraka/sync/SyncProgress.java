package io.ostraka.sync;

/** Hears how far a sync is. Called by many threads. */
public interface SyncProgress {
  /** So much more is to be copied. */
  void planned(int objects, long bytes);

  /** An object less is to be copied; it was, or need not be. */
  void done(long bytes);

  /** A look of a watch failed, and is made again later. */
  void failed(String why);
}
