package io.ostraka.query;

import io.ostraka.WriterId;
import org.jspecify.annotations.Nullable;

/**
 * A line that a process printed.
 *
 * @param writer the process
 * @param row its row number
 * @param timeMicros when it was printed, in microseconds since the epoch, UTC
 * @param step the writer's latest step then, null before the first
 * @param source stdout or stderr
 * @param line the text, without its end of line
 */
public record ConsoleLine(
    WriterId writer, long row, long timeMicros, @Nullable Long step, String source, String line) {}
