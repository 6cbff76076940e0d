package io.ostraka;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One kind of row with one schema. The journal's records, the shard writer, the reader and the SQL
 * view follow from these declarations; a new stream is a new constant here.
 *
 * <p>Every stream begins with {@code row} (64-bit integer), {@code step} (64-bit integer) and
 * {@code time} (microseconds since the epoch, UTC), which are not repeated in {@link #columns}.
 */
public enum Stream {
  /** Numbers logged by the training program. */
  METRICS(1, "metrics", true, List.of(Column.name("name"), Column.real("value"))),
  /** Strings and JSON logged as a metric. */
  TEXTS(2, "texts", true, List.of(Column.name("name"), Column.text("value"))),
  /** Lines that the process printed. */
  CONSOLE(3, "console", false, List.of(Column.name("source"), Column.text("line"))),
  /** Hardware and process samples, apart so that they never crowd a project's metrics. */
  SYSTEM(4, "system", false, List.of(Column.name("name"), Column.real("value")));

  private static final List<Stream> ALL = List.of(values());
  private static final List<Optional<Stream>> BY_NUMBER =
      IntStream.range(0, numberLimit())
          .mapToObj(number -> ALL.stream().filter(s -> s.number == number).findFirst())
          .toList();

  private final int number;
  private final String folder;
  private final boolean stepRequired;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Column> columns;

  Stream(int number, String folder, boolean stepRequired, List<Column> columns) {
    this.number = number;
    this.folder = folder;
    this.stepRequired = stepRequired;
    this.columns = columns;
  }

  /** The stream's number in the journal; never re-used. */
  public int number() {
    return number;
  }

  /** One more than the greatest number, for arrays indexed by {@link #number}. */
  public static int numberLimit() {
    return ALL.stream().mapToInt(Stream::number).max().orElse(0) + 1;
  }

  /** The name of the stream and of its folder. */
  public String folder() {
    return folder;
  }

  /** Whether every row has a step; otherwise a row may be without. */
  public boolean stepRequired() {
    return stepRequired;
  }

  /** The columns after {@code row}, {@code step} and {@code time}, in order. */
  public List<Column> columns() {
    return columns;
  }

  /** Whether rows of a shard are sorted by (name, step, row); otherwise by row. */
  public boolean sortedByName() {
    return columns.get(0).name().equals("name");
  }

  /**
   * Whether a row is a name and a number, so that one journal record can hold many rows of one key
   * set.
   */
  public boolean isSeries() {
    return sortedByName() && columns.size() == 2 && columns.get(1).type() == Column.Type.DOUBLE;
  }

  /** The stream with a number, or nothing if this version does not know it. */
  public static Optional<Stream> byNumber(int number) {
    boolean known = number >= 0 && number < BY_NUMBER.size();
    return known ? BY_NUMBER.get(number) : Optional.empty();
  }

  /** The stream of a folder, or nothing if this version does not know it (a reader ignores it). */
  public static Optional<Stream> byFolder(String folder) {
    return ALL.stream().filter(stream -> stream.folder.equals(folder)).findFirst();
  }
}
