package io.ostraka.viewer;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.query.RootBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;

/**
 * A project of distributed runs in trouble: 64 ranks of which some failed, crashed and stalled, one
 * that was resumed by fewer ranks after points were dropped, and a fork of it.
 */
public final class ClusterRoot {
  /** The project's name. */
  public static final String PROJECT = "cluster";

  private static final int RANKS = 64;
  private static final Set<Integer> FAILED = Set.of(17, 18);
  private static final Set<Integer> STALLED = Set.of(40);
  private static final int CRASHED = 5;
  private static final int LATE = 52;

  private final Path root;
  private final RootBuilder builder;
  private final Instant started;

  private ClusterRoot(Path root, RootBuilder builder, Instant started) {
    this.root = root;
    this.builder = builder;
    this.started = started;
  }

  /** Makes the project below a root. */
  public static ClusterRoot make(Path root, RootBuilder builder, Instant now) throws IOException {
    ClusterRoot made = new ClusterRoot(root, builder, now.minusSeconds(3_000));
    for (int rank = 0; rank < RANKS; rank++) {
      made.rank(rank);
    }
    made.resumed();
    made.forked();
    made.age(now);
    return made;
  }

  private static WriterKey writer(String run, int rank, long random) {
    return new WriterKey(new RunKey(PROJECT, run), WriterId.of(rank, random));
  }

  private void rank(int rank) throws IOException {
    WriterKey writer = writer("llm", rank, rank);
    metrics(writer, 0, FAILED.contains(rank) ? 900 : 2_000, rank);
    if (FAILED.contains(rank)) {
      builder.end(
          writer,
          started,
          card -> {
            card.put("name", "llm-1b-64-ranks").put("world_size", RANKS).put("host", host(rank));
            card.put("state", "failed").put("failure", "process died").put("process_id", 7_000);
            card.put("finished_at", started.plusSeconds(1_800 + rank).toString());
          });
    } else {
      beat(rank);
    }
  }

  private void beat(int rank) throws IOException {
    builder.card(
        writer("llm", rank, rank),
        started,
        card -> {
          card.put("name", "llm-1b-64-ranks").put("world_size", RANKS).put("host", host(rank));
          card.put("process_id", 7_000 + rank);
          card.put("state", STALLED.contains(rank) ? "stalled" : "running");
          card.putObject("config").put("lr", 0.0003).put("ranks", RANKS);
        });
  }

  private static String host(int rank) {
    return "node-" + rank / 8;
  }

  private void resumed() throws IOException {
    for (int rank = 0; rank < 4; rank++) {
      WriterKey writer = writer("resumed", rank, rank);
      int own = rank;
      metrics(writer, 0, 1_500, 70 + rank);
      builder.end(
          writer,
          started,
          card -> {
            card.put("name", "vit-resumed").put("world_size", 4).put("host", host(own));
            card.put("dropped", own == 2 ? 1_234 : 0).put("state", "failed");
            card.put("failure", "torch.OutOfMemoryError: CUDA out of memory");
          });
    }
    for (int rank = 0; rank < 2; rank++) {
      WriterKey writer = writer("resumed", rank, 10 + rank);
      int own = rank;
      metrics(writer, 1_200, 1_000, 80 + rank);
      builder.card(
          writer,
          started.plusSeconds(2_000),
          card -> {
            card.put("name", "vit-resumed").put("world_size", 2).put("host", host(own + 8));
            card.put("resume_step", 1_200);
            card.putArray("supersedes")
                .add(writer("resumed", own, own).writer().text())
                .add(writer("resumed", own + 2, own + 2).writer().text());
          });
    }
  }

  private void forked() throws IOException {
    WriterKey writer = writer("forked", 0, 30);
    metrics(writer, 1_000, 900, 90);
    builder.end(
        writer,
        started.plusSeconds(2_500),
        card ->
            card.put("name", "vit-higher-rate").put("fork_run", "resumed").put("fork_step", 1_000));
    builder.end(
        writer("orphan", 0, 31),
        started.plusSeconds(2_600),
        card -> card.put("name", "vit-orphan").put("fork_run", "gone").put("fork_step", 500));
  }

  /* What a crash and a late publish look like to a reader: files that are old. */
  private void age(Instant now) throws IOException {
    old(writer("llm", CRASHED, CRASHED), now.minusSeconds(600));
    old(writer("llm", LATE, LATE), now.minusSeconds(26));
  }

  private void old(WriterKey writer, Instant modified) throws IOException {
    for (String key :
        new String[] {writer.cardKey(), writer.shardKey("metrics", new ShardName(0, 1_999))}) {
      Files.setLastModifiedTime(root.resolve(key), FileTime.from(modified));
    }
  }

  /** Lets some of the ranks that run be heard of. */
  public void tick(long number) throws IOException {
    for (int rank = 0; rank < RANKS; rank++) {
      boolean beats = !FAILED.contains(rank) && !STALLED.contains(rank) && rank != CRASHED;
      if (beats && rank != LATE && rank % 9 == number % 9) {
        beat(rank);
      }
    }
  }

  private void metrics(WriterKey writer, long fromStep, int steps, int seed) throws IOException {
    String query =
        """
        SELECT i AS row, %d + i // 2 AS step,
          make_timestamptz(%d + (%d + i) * 500000) AS time,
          ['train/loss', 'grad/norm'][i %% 2 + 1] AS name,
          CASE WHEN i %% 2 = 0 THEN 2.5 * exp(-(%d + i // 2) / 900.0) ELSE 1 END
            + (hash(i, %d) %% 1000) / 9000.0 AS value
        FROM range(%d) t(i) ORDER BY name, step, row
        """
            .formatted(fromStep, started.toEpochMilli() * 1000, fromStep, fromStep, seed, steps);
    builder.shard(writer, Stream.METRICS, new ShardName(0, steps - 1L), query);
  }
}
