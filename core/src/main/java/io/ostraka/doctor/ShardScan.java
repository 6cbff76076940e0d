package io.ostraka.doctor;

import io.ostraka.Column;
import io.ostraka.Names;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.card.MetricSummary;
import io.ostraka.shard.RowSum;
import io.ostraka.shard.ShardReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads all rows of one shard, every column, and keeps no more of them than sums. What is wrong
 * with single rows is counted and told once with an example.
 */
final class ShardScan {
  private static final long EXACT_STEP = 1L << 53;

  private final Stream stream;
  private final String key;
  private final ShardName name;
  private final RowSum rows = new RowSum();
  private final Segments.Sums sums;
  private final RowPrint print = new RowPrint();
  private final Map<String, MetricSummary> summaries = new HashMap<>();
  private final Set<String> summarised;
  private final long summarisedFrom;
  private final List<Finding> findings = new ArrayList<>();

  private long count;
  private long outOfOrder = -1;
  private long farSteps;
  private long badTexts;
  private String badText = "";

  // The row before.
  private String lastName = "";
  private boolean lastHadStep;
  private long lastStep;
  private long lastRow = -1;

  /**
   * A scan.
   *
   * @param summarised the metrics to summarise
   * @param summarisedFrom the row from which on they are, if any
   */
  ShardScan(
      WriterKey writer,
      Stream stream,
      ShardName name,
      Segments segments,
      Set<String> summarised,
      long summarisedFrom) {
    this.stream = stream;
    this.key = writer.shardKey(stream.folder(), name);
    this.name = name;
    this.sums = segments.new Sums(name);
    this.summarised = summarised;
    this.summarisedFrom = summarisedFrom;
  }

  /**
   * What was read.
   *
   * @param sums the sums of the rows
   * @param summaries of the metrics asked for
   * @param findings what is wrong with its rows
   * @param whole whether each row of the range is there once, so that it can stand for others
   */
  record Result(
      long rows,
      Segments.Sums sums,
      Map<String, MetricSummary> summaries,
      List<Finding> findings,
      boolean whole) {}

  /**
   * Reads the rows.
   *
   * @throws io.ostraka.ShardFormatException if they cannot be decoded
   */
  Result read(ShardReader reader) throws IOException {
    while (reader.next()) {
      take(reader);
    }
    boolean whole = rows.isEachOnce(name);
    if (!whole) {
      findings.add(
          new Finding(
              Check.ROW_NUMBERS,
              key,
              "%,d rows, which are not rows %d to %d each once"
                  .formatted(count, name.first(), name.last())));
    }
    if (outOfOrder >= 0) {
      findings.add(
          new Finding(Check.ROW_ORDER, key, "row %d comes too late".formatted(outOfOrder)));
    }
    if (farSteps > 0) {
      findings.add(new Finding(Check.STEP_RANGE, key, "%,d such steps".formatted(farSteps)));
    }
    if (badTexts > 0) {
      findings.add(
          new Finding(
              Check.METRIC_NAME,
              key,
              "%,d such names, the first: %s".formatted(badTexts, badText)));
    }
    return new Result(count, sums, summaries, findings, whole);
  }

  private void take(ShardReader reader) throws IOException {
    long row = reader.row();
    boolean hasStep = reader.hasStep();
    long step = reader.step();
    count++;
    rows.add(row);
    print.begin(row, hasStep, step, reader.timeMicros());
    if (step > EXACT_STEP || step < -EXACT_STEP) {
      farSteps++;
    }
    checkOrder(reader, row, hasStep, step);
    takeColumns(reader, row);
    if (name.first() <= row && row <= name.last()) {
      sums.add(row, print.end());
    }
  }

  private void checkOrder(ShardReader reader, long row, boolean hasStep, long step)
      throws IOException {
    int order = 0;
    if (stream.sortedByName()) {
      String nameNow = reader.name();
      if (!nameNow.equals(lastName)) {
        order = count == 1 ? -1 : Utf8Order.compare(lastName, nameNow);
        lastName = nameNow;
        checkName(reader, nameNow);
      }
      if (order == 0) {
        order = Boolean.compare(lastHadStep, hasStep); // Nulls first.
      }
      order = order == 0 && hasStep ? Long.compare(lastStep, step) : order;
    }
    order = order == 0 ? Long.compare(lastRow, row) : order;
    if (order > 0 && outOfOrder < 0) {
      outOfOrder = row;
    }
    lastHadStep = hasStep;
    lastStep = step;
    lastRow = row;
  }

  private void checkName(ShardReader reader, String text) throws IOException {
    try {
      Names.metric(text);
      if (reader.isNameUtf8()) {
        return;
      }
      note("it is no UTF-8");
    } catch (IllegalArgumentException e) {
      note(String.valueOf(e.getMessage()));
    }
  }

  private void note(String what) {
    badText = badTexts == 0 ? what : badText;
    badTexts++;
  }

  private void takeColumns(ShardReader reader, long row) throws IOException {
    int index = 0;
    for (Column column : stream.columns()) {
      if (column.type() == Column.Type.DOUBLE) {
        double value = reader.real(index);
        print.add(Double.doubleToRawLongBits(value));
        if (stream == Stream.METRICS && row >= summarisedFrom) {
          summarise(row, value);
        }
      } else {
        print.add(reader.text(index));
      }
      index++;
    }
  }

  private void summarise(long row, double value) {
    if (summarised.contains(lastName)) {
      summaries.computeIfAbsent(lastName, unused -> new MetricSummary()).add(row, value);
    }
  }
}
