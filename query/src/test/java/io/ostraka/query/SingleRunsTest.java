package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.ShardStore;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a chart of a few runs of many looks at. */
class SingleRunsTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path root;

  private static void run(RootBuilder builder, String id, String parent, long firstStep)
      throws Exception {
    WriterKey writer = new WriterKey(new RunKey("p", id), WriterId.of(0, id.hashCode()));
    builder.card(
        writer,
        START,
        card -> {
          if (!parent.isEmpty()) {
            card.put("fork_run", parent).put("fork_step", firstStep);
          }
        });
    builder.ownShard(
        writer, Stream.METRICS, List.of(new RootBuilder.Row(0, firstStep, 0, "m", firstStep)));
  }

  @Test
  void onlyTheRunsOfAChartAndThoseTheyWereForkedFromAreListed() throws Exception {
    QuerySettings settings = QuerySettings.defaults().withFreshness(Duration.ZERO);
    try (RootBuilder builder = RootBuilder.at(root);
        ShardStore store = LocalShardStore.open(root)) {
      run(builder, "first", "", 1);
      run(builder, "second", "first", 10);
      run(builder, "third", "second", 100);
      run(builder, "other", "", 1);
      FlakyShardStore watched = new FlakyShardStore(store);
      try (Query query = Query.open(watched, settings)) {
        Series series = query.series(SeriesRequest.of("p", List.of("third"), "m")).series().get(0);
        assertThat(series.extent()).isEqualTo(new Extent(1, 100));
        query.state("p", List.of("third"));
        assertThat(watched.calls().stream().filter(call -> call.startsWith("list")).distinct())
            .containsExactlyInAnyOrder(
                "list project=p/run=first/",
                "list project=p/run=second/",
                "list project=p/run=third/");
        assertThatThrownBy(() -> query.series(SeriesRequest.of("p", List.of("othr"), "m")))
            .isInstanceOf(NoSuchFileException.class)
            .hasMessageContaining("\"other\"");
      }
    }
  }
}
