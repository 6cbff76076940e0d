package io.ostraka.query;

import io.ostraka.WriterId;

/**
 * One logged text.
 *
 * @param writer who logged it
 * @param row its row number
 * @param step its step
 * @param timeMicros when it was logged, in microseconds since the epoch, UTC
 * @param name the name that it was logged under
 * @param value the text
 */
public record Text(
    WriterId writer, long row, long step, long timeMicros, String name, String value) {}
