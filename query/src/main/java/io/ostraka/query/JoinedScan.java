package io.ostraka.query;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Scans of several metrics over some shards, joined by step within a rank's line: those of a
 * formula where all of them have a value, and the metric of the x axis by its last value at or
 * before the step. DuckDB joins and sorts; here one point is in memory at a time.
 *
 * @param places where the points lie on an axis of steps or times
 * @param expression what is evaluated
 * @param xMetric the metric of the x axis; null where that is steps or times
 * @param sources what is read, in the order of the files
 * @param tracks the ranks' lines
 * @param xTracks for each rank's line the one whose values of the x metric it takes
 * @param lastOfRepeats whether of several values of a rank at one step only the last is given; in a
 *     formula that is so in any case
 */
record JoinedScan(
    Places places,
    Expression expression,
    @Nullable String xMetric,
    List<Source> sources,
    Tracks tracks,
    List<Integer> xTracks,
    boolean lastOfRepeats) {
  /** Where the points of each rank's line that has any reach from and to, by its number. */
  Map<Integer, Reach> reach(Connection connection, Array files) throws SQLException {
    SqlValues values = new SqlValues();
    String sql =
        points(values, files) + "SELECT track, min(place), max(place) FROM placed GROUP BY track";
    Map<Integer, Reach> reach = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      values.bind(connection, statement);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Reach ofTrack =
              xMetric == null
                  ? Reach.of(new Extent(rows.getLong(2), rows.getLong(3)))
                  : Reach.of(new ValueRange(rows.getDouble(2), rows.getDouble(3)));
          reach.put(rows.getInt(1), ofTrack);
        }
      }
    }
    return reach;
  }

  /** Takes points, one rank's line after the other. */
  interface Taker {
    /**
     * Takes a point.
     *
     * @param place its position; where x is a metric, the bits of its x
     */
    void take(int track, int writer, long place, long row, double value);
  }

  /**
   * Gives the points, one rank's line after the other, each in the order of places.
   *
   * @param taker who takes them
   */
  void run(Connection connection, Array files, Taker taker) throws SQLException {
    SqlValues values = new SqlValues();
    String sql =
        points(values, files)
            + "SELECT track, writer, place, row, "
            + columns("v%d")
            + " FROM placed ORDER BY track, place, step, writer DESC, row";
    double[] operands = new double[expression.names().size()];
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      values.bind(connection, statement);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          for (int i = 0; i < operands.length; i++) {
            operands[i] = rows.getDouble(5 + i);
          }
          long place =
              xMetric == null ? rows.getLong(3) : Double.doubleToRawLongBits(rows.getDouble(3));
          taker.take(
              rows.getInt(1), rows.getInt(2), place, rows.getLong(4), expression.of(operands));
        }
      }
    }
  }

  /** Hands points on to the sink of their rank's line, in its positions. */
  static final class Giver implements Taker {
    private final double unit;
    private final @Nullable XScale scale;
    private final IntFunction<PointSink> sinks;
    private int track = -1;
    private @Nullable PointSink sink;

    /**
     * Nothing was given yet.
     *
     * @param scale of the axis, if it is a metric
     * @param sinks who takes the points of a rank's line, by the number of one of its writers
     */
    Giver(Axis axis, @Nullable XScale scale, IntFunction<PointSink> sinks) {
      this.unit = axis.positionsPerUnit();
      this.scale = scale;
      this.sinks = sinks;
    }

    @Override
    public void take(int nextTrack, int writer, long place, long row, double value) {
      PointSink taking = sink;
      if (taking == null || nextTrack != track) {
        end();
        track = nextTrack;
        taking = sinks.apply(writer);
        sink = taking;
      }
      if (scale == null) {
        taking.add(writer, place, place / unit, row, value);
      } else {
        double x = Double.longBitsToDouble(place);
        taking.add(writer, scale.position(x), x, row, value);
      }
    }

    /** There are no more points. */
    void end() {
      if (sink != null) {
        sink.end();
      }
    }
  }

  /* The tables of a statement, of which the last, "placed", has the points. Of several values of a
   * rank at one step the one with the greatest "word" is the last: its writer is the first. */
  private String points(SqlValues values, Array files) {
    String logged =
        """
        WITH logged AS (
          SELECT %s AS track, %s AS x_track, %s AS writer, step, %s AS position, row, name, value
          FROM read_parquet(%s, hive_partitioning = false)
          WHERE name IN (%s) AND step IS NOT NULL AND %s),
        worded AS (SELECT *, %s AS word FROM logged),
        """
            .formatted(
                perFile(values, source -> tracks.of(source.writer())),
                perFile(values, source -> xTracks.get(tracks.of(source.writer()))),
                perFile(values, Source::writer),
                position(values),
                values.files(files),
                names(values, allNames()),
                Source.areRead(sources, values),
                word());
    return logged + evaluated(values) + placed(values);
  }

  private String evaluated(SqlValues values) {
    if (expression.formula() == null && !lastOfRepeats) {
      return """
      evaluated AS (
        SELECT track, x_track, step, position, writer, row, value AS v0
        FROM logged WHERE name = %s),
      """
          .formatted(values.text(expression.names().get(0)));
    }
    List<String> operands = new ArrayList<>();
    for (int i = 0; i < expression.names().size(); i++) {
      String name = expression.names().get(i);
      operands.add(last("value", "v", i, values.text(name)));
      if (places.axis() != Axis.STEP) {
        operands.add(last("position", "p", i, values.text(name)));
      }
    }
    return """
    evaluated AS (
      SELECT *, greatest(%s) AS position
      FROM (
        SELECT track, x_track, step, %s,
               %s
        FROM worded WHERE name IN (%s) GROUP BY track, x_track, step)
      WHERE %s),
    """
        .formatted(
            places.axis() == Axis.STEP ? "step" : columns("p%d"),
            String.join(", ", operands),
            areOneWriters()
                ? "min(writer) AS writer, max(row) AS row"
                : "arg_max(writer, word) AS writer, arg_max(row, word) AS row",
            names(values, expression.names()),
            columns("v%d IS NOT NULL").replace(", ", " AND "));
  }

  private static String last(String column, String as, int i, String name) {
    return "arg_max(%s, word) FILTER (WHERE name = %s) AS %s%d".formatted(column, name, as, i);
  }

  /* A row number alone, which is quicker, unless a rank has been logged by several writers. */
  private String word() {
    return areOneWriters() ? "row" : "row - writer::HUGEINT * 9223372036854775808";
  }

  private boolean areOneWriters() {
    Map<Integer, Integer> writers = new HashMap<>();
    return sources.stream()
        .allMatch(
            source -> {
              int writer = source.writer();
              return writers.computeIfAbsent(tracks.of(writer), track -> writer) == writer;
            });
  }

  private String placed(SqlValues values) {
    if (xMetric == null) {
      return "placed AS (SELECT *, position AS place FROM evaluated) ";
    }
    return """
    xs AS (
      SELECT track AS x_of, step AS x_step, arg_max(value, word) AS place
      FROM worded WHERE name = %s AND isfinite(value) GROUP BY track, step),
    placed AS (
      SELECT evaluated.*, xs.place
      FROM evaluated ASOF JOIN xs ON x_track = x_of AND step >= x_step)
    """
        .formatted(values.text(xMetric));
  }

  private String position(SqlValues values) {
    return places.axis() == Axis.STEP
        ? "step"
        : "epoch_us(time) - " + perFile(values, source -> places.origins().get(source.writer()));
  }

  private List<String> allNames() {
    List<String> names = new ArrayList<>(expression.names());
    if (xMetric != null) {
      names.add(xMetric);
    }
    return names;
  }

  private static String names(SqlValues values, List<String> names) {
    return names.stream().map(values::text).collect(Collectors.joining(", "));
  }

  private String columns(String pattern) {
    return IntStream.range(0, expression.names().size())
        .mapToObj(pattern::formatted)
        .collect(Collectors.joining(", "));
  }

  private String perFile(SqlValues values, ToLongFunction<Source> number) {
    return Source.perFile(sources, values, number);
  }
}
