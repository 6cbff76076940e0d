package io.ostraka;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.store.Keys;
import org.junit.jupiter.api.Test;

final class KeysOfARunTest {
  private static final WriterKey WRITER =
      new WriterKey(
          new RunKey("my project", "20261121-101500-abcdefghij"),
          new WriterId("r000003-9f1c0a77d2e4b581"));

  @Test
  void keysAreThoseOfTheFormat() {
    String run = "project=my%20project/run=20261121-101500-abcdefghij/";
    String writer = run + "writer=r000003-9f1c0a77d2e4b581/";
    assertThat(WRITER.run().prefix()).isEqualTo(run);
    assertThat(WRITER.run().metaKey()).isEqualTo(run + "meta.json");
    assertThat(WRITER.prefix()).isEqualTo(writer);
    assertThat(WRITER.cardKey()).isEqualTo(writer + "writer.json");
    assertThat(WRITER.endKey()).isEqualTo(writer + "end.json");
    assertThat(WRITER.shardKey("metrics", new ShardName(0, 9)))
        .isEqualTo(writer + "metrics/000000000000-000000000009.parquet");
  }

  @Test
  void everyKeyIsOneThatStoresTake() {
    WriterKey odd = new WriterKey(new RunKey(".x/../y", "%"), WRITER.writer());
    assertThat(Keys.check(odd.cardKey())).isEqualTo(odd.cardKey());
    assertThat(Keys.checkPrefix(odd.prefix())).isEqualTo(odd.prefix());
  }

  @Test
  void runsAreOrderedByProjectThenRun() {
    assertThat(new RunKey("a", "z")).isLessThan(new RunKey("b", "a"));
    assertThat(new RunKey("a", "a")).isLessThan(new RunKey("a", "b"));
  }
}
