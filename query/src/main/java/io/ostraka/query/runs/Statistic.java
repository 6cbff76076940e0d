package io.ostraka.query.runs;

import io.ostraka.query.MetricSummary;
import io.ostraka.query.filter.Value;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One number of a metric. */
enum Statistic {
  LAST,
  MIN,
  MAX,
  MEAN,
  FIRST,
  COUNT;

  private static final Map<String, Statistic> BY_NAME =
      Stream.of(values()).collect(Collectors.toMap(Statistic::text, UnaryOperator.identity()));

  static @Nullable Statistic of(String name) {
    return BY_NAME.get(name);
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Nullable Value of(MetricSummary metric) {
    return switch (this) {
      case LAST -> new Value.Real(metric.last());
      case MIN -> ofFinite(metric.min());
      case MAX -> ofFinite(metric.max());
      case MEAN -> ofFinite(metric.mean());
      case FIRST -> metric.first() == null ? null : new Value.Real(metric.first());
      case COUNT -> new Value.Whole(metric.count());
    };
  }

  private static @Nullable Value ofFinite(double value) {
    return Double.isNaN(value) ? null : new Value.Real(value);
  }
}
