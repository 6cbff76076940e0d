package io.ostraka.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.ManualClock;
import io.ostraka.RunKey;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.store.FlakyShardStore;
import io.ostraka.store.MemoryShardStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ByListingsTest {
  private static final RunKey RUN = new RunKey("p", "a");
  private static final RunKey OTHER = new RunKey("p", "b");
  private static final WriterKey WRITER =
      new WriterKey(RUN, new WriterId("r000000-1111111111111111"));
  private static final WriterKey OTHERS =
      new WriterKey(OTHER, new WriterId("r000000-0000000000000000"));

  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T10:15:00Z"));
  private final FlakyShardStore store = new FlakyShardStore(new MemoryShardStore(clock));
  private final Catalog catalog = new Catalog(store);
  private final CatalogFollower follower = CatalogFollower.ofListings(() -> catalog.runs("p"));

  @Test
  void changedNewAndGoneRunsAreToldOnce() throws IOException {
    card(WRITER, "{}");
    assertThat(follower.poll()).containsExactly(RUN);
    assertThat(follower.poll()).isEmpty();
    card(OTHERS, "{}");
    assertThat(follower.poll()).containsExactly(OTHER);
    card(WRITER, "{\"name\": \"n\"}");
    assertThat(follower.poll()).containsExactly(RUN);
    store.delete(WRITER.cardKey());
    assertThat(follower.poll()).containsExactly(RUN);
    assertThat(follower.poll()).isEmpty();
  }

  @Test
  void aWriterThatFallsSilentIsAChange() throws IOException {
    card(WRITER, "{}");
    follower.poll();
    clock.advance(Duration.ofMinutes(1));
    assertThat(follower.poll()).containsExactly(RUN);
  }

  @Test
  void anIdlePollIsOneListingHoweverManyRunsThereAre() throws IOException {
    for (int i = 0; i < 20; i++) {
      WriterKey writer = new WriterKey(new RunKey("p", "r" + i), OTHERS.writer());
      store.create(writer.endKey(), "{\"state\": \"finished\"}".getBytes(UTF_8));
    }
    clock.advance(Duration.ofMinutes(1));
    follower.poll();
    int before = store.calls().size();
    assertThat(follower.poll()).isEmpty();
    assertThat(store.calls().subList(before, store.calls().size()))
        .isEqualTo(List.of("list project=p/"));
  }

  @Test
  void aProjectThatIsGoneIsTheEndOfItsRuns() throws IOException {
    card(WRITER, "{}");
    boolean[] gone = new boolean[1];
    CatalogFollower asked =
        CatalogFollower.ofListings(
            () -> {
              if (gone[0]) {
                throw new NoSuchFileException("p");
              }
              return catalog.runs("p");
            });
    asked.poll();
    gone[0] = true;
    assertThat(asked.poll()).containsExactly(RUN);
    assertThat(asked.poll()).isEmpty();
  }

  private void card(WriterKey writer, String json) throws IOException {
    store.replace(writer.cardKey(), json.getBytes(UTF_8));
  }
}
