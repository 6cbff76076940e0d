package io.ostraka.cli;

import io.ostraka.query.sql.RowFormat;
import io.ostraka.query.sql.SqlSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How and where an answer is written.
 *
 * @param format of the answer
 * @param file where it goes; empty for standard output
 * @param staged a file beside it, or in the temporary folder, that is written first; empty if the
 *     rows can go straight to standard output
 */
record SqlOutput(RowFormat format, Optional<Path> file, Optional<Path> staged) {
  private static final Map<String, RowFormat> BY_ENDING =
      Map.of("md", RowFormat.MARKDOWN, "txt", RowFormat.TABLE, "ndjson", RowFormat.JSONL);

  static SqlOutput of(@Nullable String format, @Nullable Path file) throws IOException {
    RowFormat how = format(format, file);
    Optional<Path> to = Optional.ofNullable(file);
    if (to.isPresent() && !Files.isDirectory(to.get().resolveSibling(""))) {
      throw new WrongCall("Cannot write " + to.get() + ": there is no such folder");
    }
    String name = ".ostraka-" + ProcessHandle.current().pid() + ".unfinished";
    Optional<Path> staged = to.map(f -> f.resolveSibling(name));
    if (how == RowFormat.PARQUET && staged.isEmpty()) {
      staged = Optional.of(Files.createTempFile("ostraka-sql", ".parquet"));
    }
    return new SqlOutput(how, to, staged);
  }

  /** The format that is said, else that of the file's name, else a table. */
  static RowFormat format(@Nullable String format, @Nullable Path file) {
    return format == null ? byEnding(file) : named(format);
  }

  private static RowFormat named(String format) {
    try {
      return RowFormat.named(format);
    } catch (IllegalArgumentException e) {
      throw new WrongCall(Failure.line(e));
    }
  }

  private static RowFormat byEnding(@Nullable Path file) {
    String name = file == null ? "" : file.toString().toLowerCase(Locale.ROOT);
    String ending = name.substring(name.lastIndexOf('.') + 1);
    for (RowFormat format : RowFormat.values()) {
      if (format.toString().equals(ending)) {
        return format;
      }
    }
    return BY_ENDING.getOrDefault(ending, RowFormat.TABLE);
  }

  /** How many rows are written unless the caller says: a table on a screen is cut. */
  long defaultRows(long ofATable) {
    return format == RowFormat.TABLE && file.isEmpty() ? ofATable : Long.MAX_VALUE;
  }

  /** Refuses several answers where there is place for one. */
  void checkCount(int statements) {
    if (statements > 1 && (file.isPresent() || format.isBinary())) {
      throw new WrongCall(
          statements
              + " statements have as many answers, and "
              + file.map(f -> "--output takes one").orElse(format + " holds one")
              + "; give one statement");
    }
  }

  SqlSettings settings(SqlSettings settings) {
    boolean isWrittenByDuckDb = format == RowFormat.PARQUET && staged.isPresent();
    return isWrittenByDuckDb ? settings.withOutput(staged.get()) : settings;
  }

  void discard() throws IOException {
    if (staged.isPresent()) {
      Files.deleteIfExists(staged.get());
      Files.deleteIfExists(SqlSettings.partOf(staged.get()));
    }
  }
}
