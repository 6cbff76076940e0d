package io.ostraka.query;

import io.ostraka.WriterId;
import org.jspecify.annotations.Nullable;

/**
 * One logged value, exactly.
 *
 * @param writer who logged it
 * @param row its row number
 * @param step its step, null in streams that have none
 * @param timeMicros when it was logged, in microseconds since the epoch, UTC
 * @param value the value
 */
public record Point(
    WriterId writer, long row, @Nullable Long step, long timeMicros, double value) {}
