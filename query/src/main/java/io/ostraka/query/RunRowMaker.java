package io.ostraka.query;

import io.ostraka.card.Card;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.query.filter.Fact;
import io.ostraka.query.filter.Value;
import io.ostraka.query.runs.RunRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the row of a run from what its listing and its cards tell, and its metrics' numbers. */
final class RunRowMaker {
  private final Map<Fact, Value> facts = new EnumMap<>(Fact.class);

  private RunRowMaker() {}

  /**
   * Makes a row.
   *
   * @param missing what the numbers are without
   */
  static RunRow row(RunSnapshot run, Map<String, MetricSummary> metrics, List<Problem> missing) {
    RunRowMaker maker = new RunRowMaker();
    Card card = run.card();
    String id = run.key().run();
    maker.putText(Fact.RUN, Optional.of(id));
    maker.putText(Fact.NAME, Optional.of(card.name().orElse(id)));
    maker.putText(Fact.STATE, Optional.of(run.state().text()));
    maker.putText(Fact.GROUP, card.group());
    maker.putText(Fact.JOB_TYPE, card.jobType());
    maker.putText(Fact.NOTES, card.notes());
    maker.putText(Fact.HOST, card.host());
    maker.putText(Fact.FORK_RUN, card.forkRun());
    maker.facts.put(
        Fact.TAGS,
        new Value.Many(card.tags().stream().map(tag -> (Value) new Value.Text(tag)).toList()));
    maker.putNumber(Fact.DROPPED, card.dropped());
    maker.putNumber(Fact.WRITERS, run.writers().size());
    card.forkStep().ifPresent(step -> maker.putNumber(Fact.FORK_STEP, step));
    maker.putTimes(run);
    List<Problem> problems = new ArrayList<>(run.problems());
    problems.addAll(missing);
    return new RunRow(id, maker.facts, card.config(), card.summary(), metrics, problems);
  }

  private void putTimes(RunSnapshot run) {
    Optional<Instant> started = run.card().startedAt();
    Optional<Instant> heard =
        run.writers().stream()
            .map(WriterSnapshot::lastActivity)
            .max(Comparator.naturalOrder())
            .filter(time -> time.isAfter(Instant.EPOCH));
    Optional<Instant> finished = run.card().finishedAt();
    started.ifPresent(time -> facts.put(Fact.STARTED_AT, new Value.Time(time)));
    heard.ifPresent(time -> facts.put(Fact.HEARTBEAT_AT, new Value.Time(time)));
    finished.ifPresent(time -> facts.put(Fact.FINISHED_AT, new Value.Time(time)));
    Optional<Instant> until = finished.or(() -> heard);
    if (started.isPresent() && until.isPresent()) {
      double seconds = Duration.between(started.get(), until.get()).toMillis() / 1e3;
      facts.put(Fact.DURATION, new Value.Real(Math.max(0, seconds)));
    }
  }

  private void putText(Fact fact, Optional<String> text) {
    text.ifPresent(value -> facts.put(fact, new Value.Text(value)));
  }

  private void putNumber(Fact fact, long number) {
    facts.put(fact, new Value.Whole(number));
  }
}
