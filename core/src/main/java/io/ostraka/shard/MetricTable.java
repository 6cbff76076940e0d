package io.ostraka.shard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.shard.RowGroupBuffer.Names;
import io.ostraka.shard.RowGroupBuffer.Reals;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The metrics of a large shard, added up while it is written, for its footer: so that whoever wants
 * to know which metrics there are and how far they reach need not read them. Not safe for threads.
 */
final class MetricTable {
  /** A metric of fewer rows is read about as fast as its entry. */
  private static final int LEAST_ROWS_A_METRIC = 1024;

  private static final int FIELDS = 13;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long rows;
  private boolean isWorthIt = true;

  /** Takes in the next row group. */
  void add(RowGroupBuffer group) {
    boolean isShort = rows == 0 && group.size() < RowGroupBuffer.MAX_ROWS;
    isWorthIt &= !isShort && group.stream().isSeries();
    if (!isWorthIt) {
      return;
    }
    int[] names = ((Names) group.columns().get(0)).numbers;
    double[] values = ((Reals) group.columns().get(1)).values;
    add(
        names,
        group.size(),
        group.names()::name,
        (entry, from, to) ->
            entry.add(
                group.rows(), group.steps(), group.withoutStep(), group.times(), values, from, to));
    rows += group.size();
    isWorthIt = entries.size() <= rows / LEAST_ROWS_A_METRIC;
    if (!isWorthIt) {
      entries.clear();
    }
  }

  /** Adds rows to the metric that they are of. */
  private interface Adding {
    void add(Entry entry, int from, int to);
  }

  /** Takes in rows of which those of a metric follow each other. */
  private void add(int[] names, int size, IntFunction<String> nameOf, Adding adding) {
    for (int from = 0; from < size; ) {
      int to = from + 1;
      while (to < size && names[to] == names[from]) {
        to++;
      }
      Entry entry = entries.computeIfAbsent(nameOf.apply(names[from]), it -> new Entry());
      adding.add(entry, from, to);
      from = to;
    }
  }

  /** Adds up the metrics of a shard, whatever its size. */
  static Map<String, MetricTotals> of(ShardReader shard) throws IOException {
    MetricTable table = new MetricTable();
    while (shard.nextBatch()) {
      NameReader names = (NameReader) shard.values(0);
      double[] values = ((RealReader) shard.values(1)).values();
      long[] rows = shard.rows();
      long[] steps = shard.steps();
      boolean[] withoutStep = shard.withoutStep();
      long[] times = shard.times();
      table.add(
          names.indices(),
          shard.batchRows(),
          names::text,
          (entry, from, to) -> entry.add(rows, steps, withoutStep, times, values, from, to));
    }
    Map<String, MetricTotals> totals = new LinkedHashMap<>();
    table.entries.forEach((name, entry) -> totals.put(name, entry.totals()));
    return totals;
  }

  /** The table as text; nothing for a shard that is read whole anyway, or of too many metrics. */
  Optional<String> format() {
    if (!isWorthIt || rows <= RowGroupBuffer.MAX_ROWS) {
      return Optional.empty();
    }
    ObjectNode table = JsonNodeFactory.instance.objectNode();
    entries.forEach((name, entry) -> entry.format(table.putArray(name)));
    return Optional.of(table.toString());
  }

  /** Reads what {@link #format} wrote; nothing if it is something else. */
  static Optional<Map<String, MetricTotals>> parse(String text) {
    Map<String, MetricTotals> table = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, JsonNode> field : MAPPER.readTree(text).properties()) {
        if (field.getValue().size() < FIELDS) {
          return Optional.empty();
        }
        table.put(field.getKey(), totals(field.getValue()));
      }
    } catch (JsonProcessingException | NumberFormatException e) {
      return Optional.empty();
    }
    return table.isEmpty() ? Optional.empty() : Optional.of(table);
  }

  private static MetricTotals totals(JsonNode array) {
    Optional<StepSpan> steps =
        array.get(1).isNull()
            ? Optional.empty()
            : Optional.of(new StepSpan(array.get(1).asLong(), array.get(2).asLong()));
    return new MetricTotals(
        array.get(0).asLong(),
        steps,
        array.get(3).asLong(),
        array.get(4).asLong(),
        array.get(5).asLong(),
        real(array.get(6)),
        array.get(7).asLong(),
        real(array.get(8)),
        array.get(9).asLong(),
        real(array.get(10)),
        real(array.get(11)),
        real(array.get(12)));
  }

  private static double real(JsonNode node) {
    return node.isTextual() ? Double.parseDouble(node.textValue()) : node.asDouble(Double.NaN);
  }

  /* JSON has no text for NaN and the infinities. */
  private static void put(ArrayNode array, double value) {
    if (Double.isFinite(value)) {
      array.add(value);
    } else {
      array.add(String.valueOf(value));
    }
  }

  /** One metric while it is added up. */
  private static final class Entry {
    private long count;
    private long firstStep = Long.MAX_VALUE;
    private long lastStep = Long.MIN_VALUE;
    private long firstMicros = Long.MAX_VALUE;
    private long lastMicros = Long.MIN_VALUE;
    private long firstRow = Long.MAX_VALUE;
    private double first;
    private long lastRow = -1;
    private double last;
    private long finite;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double sum;

    /* Of a stream in which every row has a step nothing says that one has not. */
    void add(
        long[] rows,
        long[] steps,
        boolean[] withoutStep,
        long[] times,
        double[] values,
        int from,
        int to) {
      for (int i = from; i < to; i++) {
        if (withoutStep.length == 0 || !withoutStep[i]) {
          firstStep = Math.min(firstStep, steps[i]);
          lastStep = Math.max(lastStep, steps[i]);
        }
        firstMicros = Math.min(firstMicros, times[i]);
        lastMicros = Math.max(lastMicros, times[i]);
        if (rows[i] < firstRow) {
          firstRow = rows[i];
          first = values[i];
        }
        if (rows[i] > lastRow) {
          lastRow = rows[i];
          last = values[i];
        }
        if (Double.isFinite(values[i])) {
          finite++;
          min = Math.min(min, values[i]);
          max = Math.max(max, values[i]);
          sum += values[i];
        }
      }
      count += to - from;
    }

    MetricTotals totals() {
      boolean hasSteps = firstStep <= lastStep;
      return new MetricTotals(
          count,
          hasSteps ? Optional.of(new StepSpan(firstStep, lastStep)) : Optional.empty(),
          firstMicros,
          lastMicros,
          firstRow,
          first,
          lastRow,
          last,
          finite,
          finite == 0 ? Double.NaN : min,
          finite == 0 ? Double.NaN : max,
          sum);
    }

    void format(ArrayNode array) {
      array.add(count);
      if (firstStep <= lastStep) {
        array.add(firstStep).add(lastStep);
      } else {
        array.addNull().addNull();
      }
      array.add(firstMicros).add(lastMicros).add(firstRow);
      put(array, first);
      array.add(lastRow);
      put(array, last);
      array.add(finite);
      put(array, finite == 0 ? Double.NaN : min);
      put(array, finite == 0 ? Double.NaN : max);
      put(array, sum);
    }
  }
}
