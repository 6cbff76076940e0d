package io.ostraka.query.sql;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An export in parts that follow each other in its order, each of so few rows that they are sorted
 * in memory, and so that the first rows come early.
 *
 * <p>A part is some small runs; or of a large run some metrics; or of a large metric some ranks; or
 * of a large rank a range of steps, which a sample of its rows tells. How many rows a part has
 * decides about memory, and nothing else.
 */
final class ExportParts {
  /** So many rows of a part are the sample that tells where the next one begins. */
  private static final int SAMPLES = 512;

  private final ExportQuery export;
  private final LockedDuckDb duckDb;
  private final Taker taker;
  private final Map<RunKey, Long> rowsOfRuns = new HashMap<>();

  /**
   * Parts of an export.
   *
   * @param runs all that there are
   * @param taker is given one part after the other
   */
  ExportParts(ExportQuery export, LockedDuckDb duckDb, List<RunSnapshot> runs, Taker taker) {
    this.export = export;
    this.duckDb = duckDb;
    this.taker = taker;
    runs.forEach(run -> rowsOfRuns.put(run.key(), rows(run, export.stream())));
  }

  private static long rows(RunSnapshot run, Stream stream) {
    long rows = 0;
    for (WriterSnapshot writer : run.writers()) {
      for (LiveShard shard : writer.shards(stream)) {
        rows += shard.name().last() - shard.fromRow() + 1;
      }
    }
    return rows;
  }

  /** Takes the statement for one part. */
  interface Taker {
    void take(String statement) throws SQLException, IOException, SqlFailure;
  }

  /** Something with rows: a run, a metric, a rank. */
  private record Piece(String name, long rows) {}

  /** A condition on rows that belong to pieces which follow each other. */
  private interface Among {
    String of(List<Piece> pieces);
  }

  /** Splits what is one piece and too much. */
  private interface Split {
    void of(Piece piece, String condition) throws SQLException, IOException, SqlFailure;
  }

  /** Has all parts taken; at least one, so that the columns are told. */
  void each() throws SQLException, IOException, SqlFailure {
    Map<String, List<Piece>> projects = new LinkedHashMap<>();
    for (List<@Nullable Object> row :
        rows("SELECT DISTINCT project, run FROM ostraka_places ORDER BY ALL")) {
      RunKey run = new RunKey(String.valueOf(row.get(0)), String.valueOf(row.get(1)));
      long rows = rowsOfRuns.getOrDefault(run, 0L);
      if (rows > 0) {
        projects
            .computeIfAbsent(run.project(), name -> new ArrayList<>())
            .add(new Piece(run.run(), rows));
      }
    }
    if (projects.isEmpty()) {
      taker.take(export.part("false"));
    }
    for (Map.Entry<String, List<Piece>> project : projects.entrySet()) {
      String ofProject = "project = " + Sql.literal(project.getKey()) + " AND ";
      pack(project.getValue(), runs -> ofProject + fromTo("run", runs), this::splitRun);
    }
  }

  private void splitRun(Piece run, String ofRun) throws SQLException, IOException, SqlFailure {
    if (export.isByName()) {
      pack(
          counted("name", ofRun),
          metrics -> ofRun + " AND " + fromTo("name", metrics),
          (metric, condition) -> splitMetric(ofRun, condition));
    } else {
      splitMetric(ofRun, ofRun);
    }
  }

  /* Writers are named, since files are chosen by what their paths say. */
  private void splitMetric(String ofRun, String condition)
      throws SQLException, IOException, SqlFailure {
    Map<String, List<String>> writers = new HashMap<>();
    for (List<@Nullable Object> row :
        rows("SELECT rank, writer FROM ostraka_places WHERE " + ofRun)) {
      writers
          .computeIfAbsent(String.valueOf(row.get(0)), rank -> new ArrayList<>())
          .add(Sql.literal(String.valueOf(row.get(1))));
    }
    pack(
        counted("rank", condition),
        ranks ->
            condition
                + ranks.stream()
                    .flatMap(rank -> writers.getOrDefault(rank.name(), List.of()).stream())
                    .collect(Collectors.joining(", ", " AND writer IN (", ")")),
        this::splitRank);
  }

  private void splitRank(Piece rank, String condition)
      throws SQLException, IOException, SqlFailure {
    ExportQuery.Order order = export.order();
    int oneOf = Math.max(1, export.rowsAtOnce() / SAMPLES);
    int step = Math.max(1, export.rowsAtOnce() / oneOf);
    List<List<@Nullable Object>> sample =
        rows(
            "SELECT %s FROM %s WHERE hash(row) %% %d = 0 ORDER BY 1"
                .formatted(order.number(), export.rows(condition), oneOf));
    String before = "";
    for (int i = step; i < sample.size(); i += step) {
      String cut = order.value().formatted(sample.get(i).get(0));
      String below = order.column() + " < " + cut;
      if (!before.equals(cut)) {
        taker.take(export.part(condition + from(order, before) + " AND " + below));
      }
      before = cut;
    }
    taker.take(export.part(condition + from(order, before)));
  }

  private static String from(ExportQuery.Order order, String value) {
    return value.isEmpty() ? "" : " AND " + order.column() + " >= " + value;
  }

  /** Has as many pieces at once taken as are not too much together. */
  private void pack(List<Piece> pieces, Among among, Split split)
      throws SQLException, IOException, SqlFailure {
    List<Piece> packed = new ArrayList<>();
    long rows = 0;
    for (Piece piece : pieces) {
      rows += piece.rows();
      if (rows > export.rowsAtOnce() && !packed.isEmpty()) {
        taker.take(export.part(among.of(packed)));
        packed.clear();
        rows = piece.rows();
      }
      if (piece.rows() > export.rowsAtOnce()) {
        split.of(piece, among.of(List.of(piece)));
        rows = 0;
      } else {
        packed.add(piece);
      }
    }
    if (!packed.isEmpty()) {
      taker.take(export.part(among.of(packed)));
    }
  }

  private List<Piece> counted(String column, String condition)
      throws SQLException, IOException, SqlFailure {
    String counted =
        "SELECT %1$s, count(*) FROM %2$s GROUP BY 1 ORDER BY 1"
            .formatted(column, export.rows(condition));
    return rows(counted).stream()
        .map(row -> new Piece(String.valueOf(row.get(0)), Long.parseLong("" + row.get(1))))
        .toList();
  }

  private static String fromTo(String column, List<Piece> pieces) {
    return "%s BETWEEN %s AND %s"
        .formatted(
            column,
            Sql.literal(pieces.get(0).name()),
            Sql.literal(pieces.get(pieces.size() - 1).name()));
  }

  private List<List<@Nullable Object>> rows(String statement)
      throws SQLException, IOException, SqlFailure {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    duckDb.query(
        statement,
        new Rows() {
          @Override
          public void columns(List<SqlColumn> columns) {}

          @Override
          public boolean row(List<@Nullable Object> values) {
            return rows.add(values);
          }
        });
    return rows;
  }
}
