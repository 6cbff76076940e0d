package io.ostraka.query;

import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.Watermark;
import io.ostraka.catalog.WriterSnapshot;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The writers of some runs and the live shards of one of their streams, as one listing had them.
 * Writers are numbered in the order of runs, and within a run of their ids.
 */
final class Selection {
  private final Stream stream;
  private final List<RunSnapshot> runs;
  private final List<WriterSnapshot> writers = new ArrayList<>();
  private final List<Integer> runOfWriter = new ArrayList<>();
  private final List<Source> sources = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  /**
   * Selects.
   *
   * @param writer only this writer; null for all
   */
  Selection(List<RunSnapshot> runs, Stream stream, @Nullable WriterId writer) {
    this.runs = List.copyOf(runs);
    this.stream = stream;
    for (int run = 0; run < runs.size(); run++) {
      RunSnapshot snapshot = runs.get(run);
      problems.addAll(snapshot.problems());
      List<WriterSnapshot> ordered = new ArrayList<>(snapshot.writers());
      ordered.sort(Comparator.comparing(one -> one.key().writer()));
      for (WriterSnapshot one : ordered) {
        if (writer == null || one.key().writer().equals(writer)) {
          add(snapshot, run, one);
        }
      }
    }
  }

  private void add(RunSnapshot run, int runNumber, WriterSnapshot writer) {
    int number = writers.size();
    writers.add(writer);
    runOfWriter.add(runNumber);
    long belowStep = stream.stepRequired() ? hiddenFrom(run, writer) : Source.EVERY_STEP;
    for (LiveShard shard : writer.shards(stream)) {
      sources.add(new Source(shard, stream, number, shard.fromRow(), belowStep));
    }
  }

  private static long hiddenFrom(RunSnapshot run, WriterSnapshot writer) {
    return run.hiddenFrom(writer.key().writer()).orElse(Source.EVERY_STEP);
  }

  List<RunSnapshot> runs() {
    return runs;
  }

  int writerCount() {
    return writers.size();
  }

  WriterId writer(int number) {
    return writers.get(number).key().writer();
  }

  /** The index of a writer's run in {@link #runs}. */
  int runOf(int writer) {
    return runOfWriter.get(writer);
  }

  /** Every shard of the selection. */
  List<Source> sources() {
    return sources;
  }

  /** Shards and cards that were left out. */
  List<Problem> problems() {
    return problems;
  }

  /** Up to where a reader of all sources has taken in rows. */
  Watermark watermark() {
    long[] last = new long[writers.size()];
    Arrays.fill(last, -1);
    for (Source source : sources) {
      last[source.writer()] = Math.max(last[source.writer()], source.shard().name().last());
    }
    Watermark watermark = Watermark.none();
    for (int writer = 0; writer < last.length; writer++) {
      if (last[writer] >= 0) {
        watermark = watermark.with(writer(writer), stream, last[writer]);
      }
    }
    return watermark;
  }

  /**
   * When a run started, in microseconds since the epoch: by the cards of its writers, else when its
   * first point was logged.
   *
   * @param summaries those of the run's sources are loaded
   */
  long startMicros(int run, ShardSummaries summaries) {
    return runs.get(run).writers().stream()
        .flatMap(writer -> writer.card().startedAt().stream())
        .min(Comparator.naturalOrder())
        .map(Selection::micros)
        .orElseGet(() -> firstPointMicros(run, summaries));
  }

  private long firstPointMicros(int run, ShardSummaries summaries) {
    return sources.stream()
        .filter(source -> runOf(source.writer()) == run)
        .map(summaries::of)
        .flatMapToLong(ShardSummary::firstTimes)
        .min()
        .orElse(0);
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
