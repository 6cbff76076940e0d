package io.ostraka.catalog;

import java.time.Instant;
import java.util.Optional;

/**
 * A project as it was a moment ago.
 *
 * @param name its name
 * @param runs how many runs it has, without deleted ones
 * @param running how many of them are running
 * @param lastActivity when one of them was last heard of; nothing if none can be looked into
 */
public record ProjectSnapshot(String name, int runs, int running, Optional<Instant> lastActivity) {}
