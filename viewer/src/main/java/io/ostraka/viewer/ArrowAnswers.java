package io.ostraka.viewer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.WriterId;
import io.ostraka.query.Band;
import io.ostraka.query.Bins;
import io.ostraka.query.Group;
import io.ostraka.query.Page;
import io.ostraka.query.Point;
import io.ostraka.query.Points;
import io.ostraka.query.Series;
import io.ostraka.query.SeriesAnswer;
import io.ostraka.query.sql.AnswerArrow;
import io.ostraka.query.sql.SqlColumn;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers as streams of Apache Arrow's, for notebooks: one table, whose schema's metadata has under
 * {@value AnswerArrow#HEAD} what else there is to say, in JSON.
 */
final class ArrowAnswers {
  private static final List<SqlColumn> POINT_COLUMNS =
      List.of(
          text("writer"),
          whole("row"),
          whole("step"),
          new SqlColumn("time", "TIMESTAMP WITH TIME ZONE"),
          real("value"));

  private static final List<SqlColumn> SERIES_COLUMNS =
      List.of(
          text("run"),
          text("group"),
          text("line"),
          text("metric"),
          real("x"),
          real("value"),
          real("min"),
          real("max"),
          real("mean"),
          real("last"),
          whole("count"),
          whole("nonfinite"),
          text("writer"),
          whole("members"),
          real("spread"));

  private static final List<@Nullable Object> NO_BIN = Collections.nCopies(6, null);
  private static final List<@Nullable Object> NO_BAND = Collections.nCopies(2, null);

  private ArrowAnswers() {}

  static byte[] points(Page<Point> page) throws IOException {
    AnswerArrow answer = everything();
    answer.columns(POINT_COLUMNS);
    for (Point point : page.rows()) {
      answer.row(
          Arrays.<@Nullable Object>asList(
              point.writer().text(),
              point.row(),
              point.step(),
              Instant.EPOCH.plus(point.timeMicros(), ChronoUnit.MICROS),
              point.value()));
    }
    ObjectNode head = JsonNodeFactory.instance.objectNode().put("more", page.more());
    Json.addProblems(head.putArray("problems"), page.problems());
    return answer.bytes(Json.text(head));
  }

  /** The lines of a chart below each other, a row for each bin or point. */
  static byte[] series(SeriesAnswer series) throws IOException {
    AnswerArrow answer = everything();
    answer.columns(SERIES_COLUMNS);
    for (Series line : series.series()) {
      Points points = line.drawn().points();
      if (points == null) {
        addBins(series, line, answer);
      } else {
        addPoints(line, points, answer);
      }
    }
    return answer.bytes(Json.text(SeriesBytes.head(series)));
  }

  private static void addBins(SeriesAnswer series, Series line, AnswerArrow to) throws IOException {
    Bins bins = line.drawn().bins();
    Band band = line.drawn().band();
    BigDecimal width = BigDecimal.valueOf(series.width()).scaleByPowerOfTen(series.exponent());
    for (int i = 0; i < bins.size(); i++) {
      List<@Nullable Object> row = named(line);
      row.add(width.multiply(BigDecimal.valueOf(bins.number(i))).doubleValue());
      row.add(null);
      row.add((double) bins.min(i));
      row.add((double) bins.max(i));
      row.add(band == null ? (double) bins.mean(i) : band.mean(i));
      row.add((double) bins.last(i));
      row.add(bins.count(i));
      row.add(bins.nonFinite(i));
      row.add(line.writers().get(bins.writer(i)).text());
      row.add(band == null ? null : (long) band.members(i));
      row.add(band == null || !SeriesColumn.hasSpread(band.statistic()) ? null : band.spread(i));
      to.row(row);
    }
  }

  private static void addPoints(Series line, Points points, AnswerArrow to) throws IOException {
    for (int i = 0; i < points.size(); i++) {
      List<@Nullable Object> row = named(line);
      row.add(points.x(i));
      row.add(points.value(i));
      row.addAll(NO_BIN);
      row.add(line.writers().get(points.writer(i)).text());
      row.addAll(NO_BAND);
      to.row(row);
    }
  }

  private static List<@Nullable Object> named(Series line) {
    Group group = line.group();
    WriterId lead = line.writer();
    List<@Nullable Object> row = new ArrayList<>(SERIES_COLUMNS.size());
    row.add(group == null ? line.run() : null);
    row.add(group == null ? null : group.value());
    row.add(lead == null ? null : lead.text());
    row.add(line.metric());
    return row;
  }

  private static AnswerArrow everything() {
    return new AnswerArrow(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  private static SqlColumn text(String name) {
    return new SqlColumn(name, "VARCHAR");
  }

  private static SqlColumn whole(String name) {
    return new SqlColumn(name, "BIGINT");
  }

  private static SqlColumn real(String name) {
    return new SqlColumn(name, "DOUBLE");
  }
}
