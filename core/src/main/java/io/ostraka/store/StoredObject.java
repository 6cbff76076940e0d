package io.ostraka.store;

import java.time.Instant;

/**
 * One line of a listing.
 *
 * @param key the object's key below the root, with slashes
 * @param sizeBytes its length
 * @param modified when it was last written, by the store's own clock
 */
public record StoredObject(String key, long sizeBytes, Instant modified) {}
