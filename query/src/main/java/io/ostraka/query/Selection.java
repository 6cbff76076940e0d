package io.ostraka.query;

import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import io.ostraka.catalog.Lineage;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.Problem;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.Watermark;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The writers of some runs and the live shards of one of their streams, as one listing had them.
 *
 * <p>Writers are numbered in the order of runs, and within a run by who has the last word ({@link
 * RankLines#PRECEDENCE}). In streams where every row has a step, a run's writers are also those of
 * the runs that it was forked from; so a writer may be there several times, and its points differ
 * by the step from which they are hidden.
 */
final class Selection {
  private final Stream stream;
  private final List<RunSnapshot> runs;
  private final List<Writer> writers = new ArrayList<>();
  private final List<Source> sources = new ArrayList<>();
  private final Map<String, Problem> problems = new LinkedHashMap<>();
  private final List<List<Problem>> lost = new ArrayList<>();

  /**
   * A writer on a line of a run.
   *
   * @param run the index of the run that shows it in {@link #runs}
   * @param lead the writer whose name its rank's line has
   */
  record Writer(int run, WriterId lead, RankLines.Member member) {
    WriterId id() {
      return member.id();
    }
  }

  /**
   * Selects.
   *
   * @param runs the runs that are wanted
   * @param all all runs of the project, for those that the wanted ones were forked from
   * @param writer only this writer; null for all
   * @param without the shards that are not to be had
   */
  Selection(
      List<RunSnapshot> runs,
      Map<String, RunSnapshot> all,
      Stream stream,
      @Nullable WriterId writer,
      Lost without) {
    this.runs = List.copyOf(runs);
    this.stream = stream;
    for (int run = 0; run < runs.size(); run++) {
      RunSnapshot own = runs.get(run);
      List<Lineage.Ancestor> lineage = Lineage.of(own, all);
      if (!stream.stepRequired()) {
        lineage = lineage.subList(0, 1);
      }
      for (Lineage.Ancestor ancestor : lineage) {
        ancestor.run().problems().forEach(problem -> problems.put(problem.key(), problem));
      }
      lost.add(new ArrayList<>());
      add(run, RankLines.of(lineage), writer, without);
    }
    lost.forEach(ofRun -> ofRun.forEach(problem -> problems.put(problem.key(), problem)));
  }

  private void add(int run, List<RankLines.Line> lines, @Nullable WriterId only, Lost without) {
    List<Writer> found = new ArrayList<>();
    for (RankLines.Line line : lines) {
      for (RankLines.Member member : line.members()) {
        if (only == null || member.id().equals(only)) {
          found.add(new Writer(run, line.lead(), member));
        }
      }
    }
    found.sort(Comparator.comparing(Writer::member, RankLines.PRECEDENCE));
    for (Writer writer : found) {
      int number = writers.size();
      writers.add(writer);
      long belowStep = stream.stepRequired() ? writer.member().belowStep() : Source.EVERY_STEP;
      List<LiveShard> shards = writer.member().writer().shards(stream);
      for (LiveShard shard : shards) {
        Optional<Problem> withheld = without.withheld(shard);
        if (withheld.isPresent()) {
          lost.get(run).add(withheld.get());
        } else {
          sources.add(new Source(shard, stream, number, shard.fromRow(), belowStep));
        }
      }
      String folder = writer.member().writer().key().streamPrefix(stream.folder());
      lost.get(run).addAll(without.rowsGone(folder, shards));
    }
  }

  /** What is missing of a run since it is not to be had just now. */
  List<Problem> lost(int run) {
    return lost.get(run);
  }

  /** Whether anything is. */
  boolean isIncomplete() {
    return lost.stream().anyMatch(ofRun -> !ofRun.isEmpty());
  }

  List<RunSnapshot> runs() {
    return runs;
  }

  int writerCount() {
    return writers.size();
  }

  WriterId writer(int number) {
    return writers.get(number).id();
  }

  WriterKey writerKey(int number) {
    return writers.get(number).member().writer().key();
  }

  /** The last card of a writer. */
  Card card(int writer) {
    return writers.get(writer).member().writer().card();
  }

  /** From which step on a writer's points are hidden, {@link Source#EVERY_STEP} if none are. */
  long belowStep(int writer) {
    return writers.get(writer).member().belowStep();
  }

  /** The writer whose name the line of a writer's rank has. */
  WriterId lead(int writer) {
    return writers.get(writer).lead();
  }

  /** The index in {@link #runs} of the run that shows a writer. */
  int runOf(int writer) {
    return writers.get(writer).run();
  }

  /** Every shard of the selection. */
  List<Source> sources() {
    return sources;
  }

  /** Shards and cards that were left out. */
  List<Problem> problems() {
    return List.copyOf(problems.values());
  }

  private Watermark watermark() {
    Map<WriterId, Long> last = new TreeMap<>();
    sources.forEach(
        source -> last.merge(writer(source.writer()), source.shard().name().last(), Math::max));
    Watermark watermark = Watermark.none();
    for (Map.Entry<WriterId, Long> entry : last.entrySet()) {
      watermark = watermark.with(entry.getKey(), stream, entry.getValue());
    }
    return watermark;
  }

  /**
   * How far a reader of all sources has come.
   *
   * @param origins what the positions of each writer are counted from
   */
  Progress progress(List<Long> origins) {
    Watermark watermark = watermark();
    return new Progress(watermark, shape(watermark, origins));
  }

  /** Positions of every writer that are counted from 0. */
  List<Long> noOrigins() {
    return Collections.nCopies(writers.size(), 0L);
  }

  /**
   * Which rows there are up to a watermark, and on which lines, as a number: another one if a gap
   * was filled since, a shard had to be left out, or rows were hidden by a resume or a fork.
   *
   * @param origins what the positions of each writer are counted from
   */
  long shape(Watermark upTo, List<Long> origins) {
    Fingerprint shape = new Fingerprint();
    int writer = -1;
    long next = -1;
    for (Source source : sources) {
      WriterId id = writer(source.writer());
      long to = Math.min(source.shard().name().last(), upTo.row(id, stream));
      if (source.fromRow() > to) {
        continue;
      }
      if (source.writer() != writer) {
        writer = source.writer();
        shape.add(runs.get(runOf(writer)).key().run());
        shape.add(writers.get(writer).member().writer().key().prefix());
        shape.add(lead(writer).text());
        shape.add(source.belowStep());
        shape.add(origins.get(writer));
        next = -1;
      }
      if (source.fromRow() != next) {
        shape.add(next);
        shape.add(source.fromRow());
      }
      next = to + 1;
    }
    return shape.value();
  }

  /**
   * When a run started, in microseconds since the epoch: by the cards of its writers, else when its
   * first point was logged.
   *
   * @param summaries those of the run's sources
   */
  long startMicros(int run, ShardSummaries.Loaded summaries) {
    return runs.get(run).writers().stream()
        .flatMap(writer -> writer.card().startedAt().stream())
        .min(Comparator.naturalOrder())
        .map(Selection::micros)
        .orElseGet(() -> firstPointMicros(run, summaries));
  }

  private long firstPointMicros(int run, ShardSummaries.Loaded summaries) {
    return sources.stream()
        .filter(source -> runOf(source.writer()) == run)
        .filter(source -> writers.get(source.writer()).member().generation() == 0)
        .map(summaries::of)
        .flatMapToLong(ShardSummary::firstTimes)
        .min()
        .orElse(0);
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
