package io.ostraka.doctor;

import io.ostraka.ShardFormatException;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterKey;
import io.ostraka.card.MetricSummary;
import io.ostraka.catalog.LiveRule;
import io.ostraka.shard.ShardReader;
import io.ostraka.store.LocalCopy;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Examines the shards of one stream of one writer: reads all of them, then holds them against each
 * other and against what the last card says.
 */
final class StreamExam {
  /** How long a covered shard may stay without being worth a word. */
  static final Duration LEFT_AFTER = Duration.ofDays(1);

  private static final long ROW_LIMIT = 1_000_000_000_000L;

  private final Tools tools;
  private final WriterKey writer;
  private final Stream stream;
  private final Map<ShardName, StoredObject> listed;
  private final boolean ended;
  private final OptionalLong rowsByEnd;
  private final Set<String> summarised;
  private final Map<ShardName, ShardScan.Result> scans = new ConcurrentHashMap<>();
  private final Map<ShardName, Refusal> refused = new ConcurrentHashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private LiveRule rule = LiveRule.of(List.of());

  /** Why a shard is not read. */
  private record Refusal(Check check, String detail) {}

  /**
   * An examination.
   *
   * @param listed the stream's shards
   * @param ended whether nobody writes here any more, so that repairs may
   * @param rowsByEnd how many rows the last card says there are
   * @param summarised the metrics that the last card has summaries of
   */
  StreamExam(
      Tools tools,
      WriterKey writer,
      Stream stream,
      Map<ShardName, StoredObject> listed,
      boolean ended,
      OptionalLong rowsByEnd,
      Set<String> summarised) {
    this.tools = tools;
    this.writer = writer;
    this.stream = stream;
    this.listed = new TreeMap<>(listed);
    this.ended = ended;
    this.rowsByEnd = rowsByEnd;
    this.summarised = summarised;
  }

  /**
   * Reads and compares everything.
   *
   * @return what was found
   * @throws VanishedException if a shard is gone since it was listed
   */
  List<Finding> examine() throws IOException {
    Segments segments = new Segments(listed.keySet());
    Map<ShardName, Long> liveFrom = liveFrom(LiveRule.of(listed.keySet()));
    tools.inParallel(
        listed.keySet(), name -> scan(name, segments, liveFrom.getOrDefault(name, ROW_LIMIT)));
    rule = LiveRule.of(scans.keySet());
    scans.values().forEach(scan -> findings.addAll(scan.findings()));
    reportRefused();
    reportGaps();
    reportTail();
    reportOverlaps();
    reportCovered();
    return findings;
  }

  /**
   * The summaries of the live rows, or nothing if not all shards could be read or they are not each
   * row once, so that sums would say nothing.
   */
  Map<String, MetricSummary> summaries() {
    Map<String, MetricSummary> merged = new HashMap<>();
    boolean trusted =
        refused.isEmpty() && scans.values().stream().allMatch(ShardScan.Result::whole);
    if (trusted) {
      for (ShardScan.Result scan : scans.values()) {
        scan.summaries()
            .forEach(
                (name, sum) -> merged.computeIfAbsent(name, n -> new MetricSummary()).add(sum));
      }
    }
    return merged;
  }

  /** How many rows were read. */
  long rows() {
    return scans.values().stream().mapToLong(ShardScan.Result::rows).sum();
  }

  /**
   * Whether all rows that there should be were read, so that summaries can be held against them.
   */
  boolean isComplete() {
    return refused.isEmpty()
        && findings.stream().noneMatch(f -> f.check().severity() == Severity.ERROR);
  }

  /** From which row on each live shard is read. */
  private static Map<ShardName, Long> liveFrom(LiveRule rule) {
    Map<ShardName, Long> from = new HashMap<>();
    long next = 0;
    for (ShardName name : rule.live()) {
      from.put(name, next);
      next = name.last() + 1;
    }
    return from;
  }

  private void scan(ShardName name, Segments segments, long liveFrom) throws IOException {
    StoredObject object = object(name);
    try (LocalCopy copy = tools.store().open(object.key());
        ShardReader reader = ShardReader.open(copy.path(), object.key())) {
      try {
        reader.footer().check(writer, stream, name);
      } catch (ShardFormatException e) {
        refused.put(name, new Refusal(Check.SHARD_CONTRADICTS, said(e)));
        return;
      }
      ShardScan scan = new ShardScan(writer, stream, name, segments, summarised, liveFrom);
      scans.put(name, scan.read(reader));
    } catch (ShardFormatException e) {
      Check check = e.isNewer() ? Check.SHARD_NEWER : Check.SHARD_DAMAGED;
      refused.put(name, new Refusal(check, said(e)));
    } catch (NoSuchFileException e) {
      throw new VanishedException(object.key(), e);
    } catch (IOException e) {
      refused.put(name, new Refusal(Check.UNREADABLE, said(e)));
    } finally {
      tools.read(object);
    }
  }

  private void reportRefused() {
    refused.forEach(
        (name, refusal) -> {
          String key = object(name).key();
          boolean isJunk =
              refusal.check() != Check.UNREADABLE
                  && refusal.check() != Check.SHARD_NEWER
                  && hidesNothing(name);
          if (!isJunk) {
            findings.add(new Finding(refusal.check(), key, refusal.detail()));
          } else if (ended) {
            Remedy aside = new Remedy.MoveAside(key);
            findings.add(new Finding(Check.SHARD_JUNK, key, refusal.detail(), aside));
          } else {
            findings.add(new Finding(Check.SHARD_JUNK, key, refusal.detail()));
          }
        });
  }

  /** Whether every row that a shard could hold is in the live ones. */
  private boolean hidesNothing(ShardName name) {
    long reach = reach();
    long lastKnown = isWholeRange(name) ? reach : name.last();
    long last =
        Math.min(name.last(), rowsByEnd.isPresent() ? rowsByEnd.getAsLong() - 1 : lastKnown);
    long next = name.first();
    for (ShardName live : rule.live()) {
      if (live.first() <= next) {
        next = Math.max(next, live.last() + 1);
      }
    }
    return next > last;
  }

  private static boolean isWholeRange(ShardName name) {
    return name.last() == ROW_LIMIT - 1;
  }

  /** The last live row, -1 if there is none. */
  private long reach() {
    List<ShardName> live = rule.live();
    return live.isEmpty() ? -1 : live.get(live.size() - 1).last();
  }

  private void reportGaps() {
    long next = 0;
    for (ShardName name : rule.live()) {
      if (name.first() > next && !isExplained(next, name.first() - 1)) {
        findings.add(
            new Finding(
                Check.GAP,
                writer.streamPrefix(stream.folder()),
                "rows %d to %d are in no shard".formatted(next, name.first() - 1)));
      }
      next = name.last() + 1;
    }
  }

  private void reportTail() {
    if (rowsByEnd.isEmpty()) {
      return;
    }
    long rows = rowsByEnd.getAsLong();
    long found = reach() + 1;
    if (found < rows && !isExplained(found, rows - 1)) {
      findings.add(
          new Finding(
              Check.MISSING_TAIL,
              writer.streamPrefix(stream.folder()),
              "the last card says %d rows, the shards reach to row %d".formatted(rows, found - 1)));
    }
    if (found > rows) {
      findings.add(
          new Finding(
              Check.ROWS_BEYOND_END,
              writer.streamPrefix(stream.folder()),
              "the last card says %d rows, the shards have %d".formatted(rows, found)));
    }
  }

  /** Whether missing rows lie in a shard that cannot be read, which is said already. */
  private boolean isExplained(long first, long last) {
    return refused.keySet().stream()
        .filter(name -> !isWholeRange(name))
        .anyMatch(name -> name.first() <= first && last <= name.last());
  }

  private void reportOverlaps() {
    List<ShardName> chain = new ArrayList<>();
    List<Finding> ofChain = new ArrayList<>();
    boolean agree = true;
    for (LiveRule.Overlap overlap : rule.overlaps()) {
      boolean goesOn = !chain.isEmpty() && chain.get(chain.size() - 1).equals(overlap.earlier());
      if (!goesOn) {
        endChain(chain, ofChain, agree);
        chain = new ArrayList<>(List.of(overlap.earlier()));
        ofChain = new ArrayList<>();
        agree = true;
      }
      chain.add(overlap.later());
      boolean same = sums(overlap.earlier()).agreesWith(sums(overlap.later()));
      agree &= same && scan(overlap.earlier()).whole() && scan(overlap.later()).whole();
      ofChain.add(
          new Finding(
              same ? Check.PARTIAL_OVERLAP : Check.OVERLAP_DIFFERS,
              object(overlap.later()).key(),
              "shares rows %d to %d with %s"
                  .formatted(
                      overlap.later().first(),
                      Math.min(overlap.earlier().last(), overlap.later().last()),
                      overlap.earlier())));
    }
    endChain(chain, ofChain, agree);
  }

  private void endChain(List<ShardName> chain, List<Finding> ofChain, boolean agree) {
    for (Finding finding : ofChain) {
      findings.add(
          agree && ended
              ? new Finding(
                  finding.check(),
                  finding.key(),
                  finding.detail(),
                  new Remedy.Mend(writer, stream, chain))
              : finding);
    }
  }

  private void reportCovered() {
    List<ShardName> left = new ArrayList<>();
    List<ShardName> covering = new ArrayList<>();
    long bytes = 0;
    for (ShardName name : rule.covered()) {
      ShardName by =
          rule.live().stream().filter(live -> live.covers(name)).findFirst().orElseThrow();
      if (!sums(name).agreesWith(sums(by))) {
        if (scan(name).whole() && scan(by).whole()) {
          findings.add(
              new Finding(Check.COVERED_DIFFERS, object(name).key(), "it differs from " + by));
        }
      } else if (isOld(by)) {
        left.add(name);
        covering.add(by);
        bytes += object(name).sizeBytes();
      }
    }
    if (!left.isEmpty()) {
      findings.add(
          new Finding(
              Check.COVERED_LEFT,
              writer.streamPrefix(stream.folder()),
              "%d shards, %,d bytes".formatted(left.size(), bytes),
              new Remedy.Retire(
                  writer, stream, left, covering.stream().distinct().sorted().toList())));
    }
  }

  private boolean isOld(ShardName name) {
    Instant modified = object(name).modified();
    return modified.plus(LEFT_AFTER).isBefore(tools.now());
  }

  private Segments.Sums sums(ShardName name) {
    return scan(name).sums();
  }

  private ShardScan.Result scan(ShardName name) {
    return Objects.requireNonNull(scans.get(name));
  }

  private StoredObject object(ShardName name) {
    return Objects.requireNonNull(listed.get(name));
  }

  private static String said(IOException e) {
    return e.getMessage() != null ? e.getMessage() : e.toString();
  }
}
