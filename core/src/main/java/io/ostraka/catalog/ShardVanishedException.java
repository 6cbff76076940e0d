package io.ostraka.catalog;

import java.io.IOException;

/** A listed shard is gone, most likely since a listing of now has one that covers it. */
final class ShardVanishedException extends IOException {
  private static final long serialVersionUID = 1;

  ShardVanishedException(String key) {
    super("The shard " + key + " was listed and is gone");
  }
}
