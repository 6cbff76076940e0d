package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.catalog.CatalogFollower;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.FlakyShardStore.Moment;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root whose requests cost money, while somebody follows it. */
class FollowedBucketTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final WriterKey WRITER = new WriterKey(new RunKey("p", "one"), WriterId.of(0, 1));

  @TempDir Path folder;
  private RootBuilder builder;
  private ShardStore local;
  private DistantStore store;
  private Query query;

  @BeforeEach
  void open() throws IOException, SQLException {
    Path root = folder.resolve("root");
    builder = RootBuilder.at(root);
    local = LocalShardStore.open(root);
    store = new DistantStore(local, folder);
    query = Query.open(store, QuerySettings.defaults());
    builder.card(WRITER, START, card -> {});
    shard(0);
  }

  @AfterEach
  void close() throws SQLException {
    query.close();
    local.close();
    builder.close();
  }

  private void shard(int number) throws IOException {
    builder.shard(
        WRITER,
        Stream.METRICS,
        new ShardName(10L * number, 10L * number + 9),
        """
        SELECT i AS row, i AS step, make_timestamptz(1795000000000000 + i) AS time, 'm' AS name,
               i::DOUBLE AS value
        FROM range(%d, %d) AS t(i)
        """
            .formatted(10 * number, 10 * number + 10));
  }

  private long points() throws IOException {
    return query.metrics("p", List.of(), Stream.METRICS).metrics().get(0).count();
  }

  private List<String> callsSince(int before) {
    return store.calls().subList(before, store.calls().size());
  }

  @Test
  void aListingReadsNoShardAndWhoAsksWhileSomebodyFollowsCausesNone() throws IOException {
    CatalogFollower follower = query.follower("p");
    follower.poll();
    assertThat(store.calls()).doesNotContain("open").hasSize(2); // The listing and the card.
    int before = store.calls().size();
    assertThat(points()).isEqualTo(10);
    assertThat(callsSince(before)).singleElement().asString().startsWith("open ");
    before = store.calls().size();
    assertThat(points()).isEqualTo(10);
    assertThat(query.runs("p")).hasSize(1);
    assertThat(callsSince(before)).isEmpty();
  }

  @Test
  void whatIsNewIsShownAfterTheNextLook() throws IOException {
    CatalogFollower follower = query.follower("p");
    follower.poll();
    assertThat(points()).isEqualTo(10);
    shard(1);
    assertThat(points()).isEqualTo(10);
    assertThat(follower.poll()).containsExactly(WRITER.run());
    assertThat(points()).isEqualTo(20);
  }

  @Test
  void whatWasListedGoesOnBeingShownWhileTheStoreIsAwayAndThatIsSaid() throws IOException {
    CatalogFollower follower = query.follower("p");
    follower.poll();
    assertThat(points()).isEqualTo(10);
    assertThat(query.trouble()).isEmpty();
    store.failNext(Moment.BEFORE);
    assertThatThrownBy(follower::poll).isInstanceOf(IOException.class);
    assertThat(query.trouble()).isPresent();
    assertThat(points()).isEqualTo(10);
    follower.poll();
    assertThat(query.trouble()).isEmpty();
  }

  @Test
  void aShardThatIsNotWhatItsNameSaysIsLeftOutWhenItIsRead() throws IOException {
    WriterKey other = new WriterKey(WRITER.run(), WriterId.of(1, 2));
    builder.card(other, START, card -> {});
    String key = WRITER.shardKey(Stream.METRICS.folder(), new ShardName(0, 9));
    String taken = other.shardKey(Stream.METRICS.folder(), new ShardName(0, 9));
    local.prepare(other.prefix());
    local.publish(taken, folder.resolve("root").resolve(key));
    assertThat(query.runs("p").get(0).problems()).isEmpty();
    assertThat(points()).isEqualTo(10);
    MetricsAnswer answer = query.metrics("p", List.of(), Stream.METRICS);
    assertThat(answer.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).isEqualTo(taken));
  }

  @Test
  void theProjectsTakeOneListingAndTheirCards() throws IOException {
    assertThat(query.projects())
        .singleElement()
        .satisfies(
            project -> {
              assertThat(project.name()).isEqualTo("p");
              assertThat(project.runs()).isEqualTo(1);
            });
    assertThat(store.calls()).hasSize(2);
  }
}
