package io.ostraka.query.runs;

import io.ostraka.query.filter.Fact;
import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.NearNames;
import io.ostraka.query.filter.SortKey;
import io.ostraka.query.filter.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Filters, sorts and cuts the rows of a project. */
public final class TablePage {
  private static final Comparator<@Nullable Value> LATEST_FIRST =
      new SortKey(new Field.OfRun(Fact.STARTED_AT), true).order();

  private TablePage() {}

  /** The page of a request. */
  public static TableAnswer of(List<RunRow> all, TableRequest request) {
    List<RunRow> matched = matching(all, request);
    List<RunRow> sorted = sorted(matched, request.sort());
    int from = Math.min(request.offset(), sorted.size());
    int to = (int) Math.min((long) from + request.limit(), sorted.size());
    return new TableAnswer(
        sorted.subList(from, to),
        all.size(),
        matched.size(),
        notes(all, asked(request)),
        all.stream().flatMap(row -> row.problems().stream()).toList());
  }

  private static List<RunRow> matching(List<RunRow> all, TableRequest request) {
    return all.stream().filter(request.filter()::matches).toList();
  }

  /** A row beside its values of the fields that it is sorted by. */
  private record Keyed(RunRow row, List<@Nullable Value> values) {
    static Keyed of(RunRow row, List<SortKey> keys) {
      List<@Nullable Value> values = new ArrayList<>(keys.size() + 1);
      keys.forEach(key -> values.add(row.value(key.field())));
      values.add(row.fact(Fact.STARTED_AT));
      return new Keyed(row, values);
    }

    @Nullable Value value(int key) {
      return values.get(key);
    }
  }

  private static List<RunRow> sorted(List<RunRow> rows, List<SortKey> keys) {
    List<Comparator<@Nullable Value>> orders = new ArrayList<>();
    keys.forEach(key -> orders.add(key.order()));
    orders.add(LATEST_FIRST);
    Comparator<Keyed> order =
        (one, other) -> {
          for (int key = 0; key < orders.size(); key++) {
            int found = orders.get(key).compare(one.value(key), other.value(key));
            if (found != 0) {
              return found;
            }
          }
          return one.row().run().compareTo(other.row().run());
        };
    return rows.stream().map(row -> Keyed.of(row, keys)).sorted(order).map(Keyed::row).toList();
  }

  private static Set<Field> asked(TableRequest request) {
    Set<Field> asked = new LinkedHashSet<>(request.filter().fields());
    request.sort().forEach(key -> asked.add(key.field()));
    return asked;
  }

  /** Which settings and outcomes of some fields no run has, and what comes near them. */
  public static List<String> notes(List<RunRow> rows, Collection<Field> asked) {
    List<String> notes = new ArrayList<>();
    List<String> known = List.of();
    for (Field field : asked) {
      boolean isFact = field instanceof Field.OfRun;
      if (isFact || rows.isEmpty() || rows.stream().anyMatch(row -> row.value(field) != null)) {
        continue;
      }
      if (known.isEmpty()) {
        known = RunFields.of(rows).stream().map(RunFields.Known::field).toList();
      }
      List<String> near = NearNames.of(List.of(field.text()), known);
      String hint = near.isEmpty() ? "" : "; the nearest are " + String.join(", ", near);
      notes.add("No run has " + field.text() + hint);
    }
    return notes;
  }
}
