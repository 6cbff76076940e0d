package io.ostraka.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.card.WriterState;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.shard.ShardReader;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.LocalCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
  @TempDir Path folder;

  private RunBuilder builder() {
    return new RunBuilder(Map.of())
        .root(folder.resolve("root"))
        .spool(folder.resolve("spool"))
        .project("digits")
        .runId("first");
  }

  @Test
  void everythingLoggedIsPublishedByClose() throws IOException {
    try (Run run = builder().config(Map.of("lr", 0.5)).start()) {
      Metrics metrics = run.metrics("train/loss", "lr");
      for (int step = 0; step < 10_000; step++) {
        metrics.log(step, step * 0.5, 1.0 / (step + 1));
      }
      run.text(3, "sample", "hello");
      run.config(Map.of("batch", 32));
    }
    try (LocalShardStore store = LocalShardStore.open(folder.resolve("root"))) {
      RunSnapshot run = new Catalog(store).run(new RunKey("digits", "first"));
      assertThat(run.state()).isEqualTo(WriterState.FINISHED);
      assertThat(run.problems()).isEmpty();
      assertThat(run.card().config().toString()).isEqualTo("{\"lr\":0.5,\"batch\":32}");
      assertThat(values(store, run, "train/loss")).hasSize(10_000).element(9_999).isEqualTo(4999.5);
      assertThat(run.writers().get(0).shards().get(Stream.TEXTS)).hasSize(1);
      assertThat(run.writers().get(0).card().rows()).containsEntry("metrics", 20_000L);
    }
    assertThat(files(folder.resolve("spool"))).containsExactly("id");
  }

  private static List<Double> values(LocalShardStore store, RunSnapshot run, String metric)
      throws IOException {
    List<Double> values = new ArrayList<>();
    for (LiveShard shard : run.writers().get(0).shards().getOrDefault(Stream.METRICS, List.of())) {
      try (LocalCopy copy = store.open(shard.key())) {
        try (ShardReader rows = ShardReader.open(copy.path(), shard.key())) {
          while (rows.next()) {
            if (rows.name().equals(metric)) {
              values.add(rows.real(1));
            }
          }
        }
      }
    }
    return values;
  }

  private static List<String> files(Path folder) throws IOException {
    try (var listed = Files.list(folder)) {
      return listed.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
