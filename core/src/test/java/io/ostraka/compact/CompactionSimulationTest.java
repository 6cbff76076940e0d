package io.ostraka.compact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Files, bytes and requests of compaction over days, by an own clock and without real shards: sizes
 * are those that were measured. One day of each pace; seven with {@code OSTRAKA_SOAK=1}.
 */
final class CompactionSimulationTest {
  private static final boolean SOAK = "1".equals(System.getenv("OSTRAKA_SOAK"));
  private static final double DAY = 86_400;
  private static final double DAYS = SOAK ? 7 : 1;

  /** Footer, page headers, dictionary and indexes. */
  private static final double SHARD_BYTES = 1500;

  /** Single-precision noise with some milliseconds of jitter between calls. */
  private static final double POINT_BYTES = 4.62;

  /** Doubles with jitter. */
  private static final double LONG_POINT_BYTES = 8.7;

  private static final double[] ONE = {POINT_BYTES};
  private static final double[] BOTH = {POINT_BYTES, LONG_POINT_BYTES};

  @Test
  void aWeekOfLoggingEverySecondStaysAFewFilesAndIsWrittenAFewTimes() {
    for (int metrics : new int[] {1, 3, 10, 30, 100, 300, 1000}) {
      for (double pointBytes : metrics % 9 == 1 ? BOTH : ONE) {
        ModelledStream stream = new ModelledStream(SHARD_BYTES, pointBytes);
        for (double time = 10; time <= DAYS * DAY; time += 10) {
          stream.publish(time, 10L * metrics);
        }
        int before = stream.live();
        stream.end();
        print("%d metrics a second, %.1f bytes a point".formatted(metrics, pointBytes), stream);
        assertBounds(stream, before);
      }
    }
  }

  @Test
  void otherPacesAreBoundedToo() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    ModelledStream everySecond = new ModelledStream(SHARD_BYTES, POINT_BYTES);
    for (double time = 1; time <= DAYS * DAY / 4; time++) {
      everySecond.publish(time, 10);
    }
    everySecond.end();
    print("shards of a second, 10 metrics", everySecond);
    assertBounds(everySecond, everySecond.live());

    ModelledStream uneven = new ModelledStream(SHARD_BYTES, POINT_BYTES);
    for (double time = 10; time <= DAYS * DAY; time += 10) {
      uneven.publish(time, 1 + (long) Math.exp(random.nextDouble() * 9));
    }
    uneven.end();
    print("1 to 8,000 rows in ten seconds", uneven);
    assertBounds(uneven, uneven.live());

    ModelledStream texts = new ModelledStream(SHARD_BYTES, 500);
    for (double time = 10; time <= DAYS * DAY; time += 10) {
      texts.publish(time, 10);
    }
    texts.end();
    print("lines of 500 bytes every second", texts);
    assertBounds(texts, texts.live());
  }

  @Test
  void aFinishedRunOfTenMillionPointsIsOneShard() {
    for (long rows : new long[] {100, 1000, 10_000, 131_072, 300_000}) {
      ModelledStream stream = new ModelledStream(SHARD_BYTES, LONG_POINT_BYTES);
      for (long published = 0; published < 10_000_000; published += rows) {
        stream.publish((double) published, Math.min(rows, 10_000_000 - published));
      }
      stream.end();
      print("10 M points in shards of %d".formatted(rows), stream);
      assertThat(stream.live()).isEqualTo(1);
      assertThat(stream.covered()).isZero();
      assertThat(stream.amplification()).isLessThan(5);
    }
  }

  private static void assertBounds(ModelledStream stream, int liveBeforeTheEnd) {
    assertThat(stream.mostLive).isLessThanOrEqualTo(80);
    assertThat(liveBeforeTheEnd).isLessThanOrEqualTo(80);
    assertThat(stream.amplification()).isLessThan(5);
    // What was published in fifteen minutes and between two passes, and what was made of it.
    assertThat(stream.mostCovered).isLessThanOrEqualTo(2 * 16 * 60);
    assertThat(stream.covered()).isZero();
    assertThat(stream.deleted).isEqualTo(stream.published + stream.merges - stream.live());
  }

  private static void print(String what, ModelledStream stream) {
    System.out.printf(
        Locale.ROOT,
        "%-40s at most %3d live, %3d covered; in the end %2d; bytes written %.2f times (%.0f MB); %d shards, %d merges, %d listings%n",
        what,
        stream.mostLive,
        stream.mostCovered,
        stream.live(),
        stream.amplification(),
        stream.publishedBytes / 1e6,
        stream.published,
        stream.merges,
        stream.listings);
  }

  /**
   * A thousand ranks for an hour in a bucket: ranks above 0 publish and beat world_size / 16 times
   * less often (docs/format.md §6). Each rank has metrics, console and system rows.
   */
  @Test
  void aThousandRanksForAnHourAskLittleOfABucket() {
    int ranks = 1000;
    double scale = Math.max(1, ranks / 16.0);
    Requests all = new Requests();
    for (int rank = 0; rank < ranks; rank++) {
      all.add(rankForAnHour(rank == 0 ? 1 : scale));
    }
    System.out.printf(
        Locale.ROOT,
        "%d ranks for an hour: %d PUT, %d GET, %d LIST, %d DELETE; %d shards published, %d left%n",
        ranks,
        all.puts,
        all.gets,
        all.lists,
        all.deletes,
        all.published,
        all.left);
    // Some 25 requests a second of all kinds together, and what stays is a shard for each rank and
    // stream.
    assertThat(all.puts + all.gets + all.lists + all.deletes).isLessThan(100_000);
    assertThat(all.puts).isLessThan(35_000);
    assertThat(all.lists).isLessThan(10_000);
    assertThat(all.left).isEqualTo(3L * ranks);
  }

  private static Requests rankForAnHour(double scale) {
    Requests requests = new Requests();
    for (int rowsASecond : new int[] {10, 1, 2}) {
      ModelledStream stream = new ModelledStream(SHARD_BYTES, POINT_BYTES);
      double last = 0;
      for (double time = 0; time < 3600; ) {
        double flush = time < 60 ? 1 : 10;
        time = Math.min(3600, time + flush * scale);
        stream.publish(time, Math.max(1, (long) ((time - last) * rowsASecond)));
        last = time;
      }
      stream.end();
      requests.puts += stream.published + stream.merges;
      requests.gets += stream.opened;
      requests.lists += stream.listings;
      requests.deletes += stream.deleted;
      requests.published += stream.published;
      requests.left += stream.live();
    }
    double heartbeats = 3600 / (10 * scale);
    requests.gets += (long) heartbeats; // has somebody deleted the run?
    requests.puts += 3; // first card, last heartbeat before the end, last card
    requests.gets += 1; // the last card, by whoever compacts last
    requests.lists += 1; // the compactor's first look at the writer
    return requests;
  }

  private static final class Requests {
    private long puts;
    private long gets;
    private long lists;
    private long deletes;
    private long published;
    private long left;

    void add(Requests other) {
      puts += other.puts;
      gets += other.gets;
      lists += other.lists;
      deletes += other.deletes;
      published += other.published;
      left += other.left;
    }
  }
}
