package io.ostraka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ostraka.RunKey;
import io.ostraka.WriterId;
import io.ostraka.card.Card;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.storage.local.LocalShardStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {
  @TempDir Path folder;

  private RunBuilder builder(String id) {
    return builder().runId(id);
  }

  private RunBuilder builder() {
    return new RunBuilder(Map.of())
        .root(folder.resolve("root"))
        .spool(folder.resolve("spool"))
        .project("digits");
  }

  @Test
  void withoutAnIdTheLatestRunOfThatNameIsContinued() throws IOException {
    for (String id : List.of("c", "b", "a")) {
      try (Run run = builder(id).name(id.equals("a") ? "other" : "plain").start()) {
        run.log(41, "loss", 1.0);
      }
    }
    for (Resume mode : List.of(Resume.MUST, Resume.ALLOW)) {
      try (Run run = builder().name("plain").resume(mode).start()) {
        assertThat(run.id()).isEqualTo("b");
        assertThat(card("b", run.writerId()).resumeStep()).hasValue(42);
      }
    }
    try (Run run = builder().name("plain").rewindTo(20).start()) {
      assertThat(run.id()).isEqualTo("b");
    }
  }

  @Test
  void aNameThatNoRunHasBeginsOneUnlessItMustBeThere() throws IOException {
    try (Run run = builder().name("plain").resume(Resume.ALLOW).start()) {
      assertThat(card(run.id(), run.writerId()).name()).hasValue("plain");
      assertThat(card(run.id(), run.writerId()).supersedes()).isEmpty();
    }
    assertThatThrownBy(() -> builder().name("odd").resume(Resume.MUST).start())
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("there is no run named \"odd\" in project \"digits\" to resume");
    assertThatThrownBy(() -> builder().resume(Resume.MUST).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs the run's id or name");
  }

  @Test
  void aResumedRunGoesOnAfterItsLastStepAndKeepsItsName() throws IOException {
    String first;
    try (Run run = builder("a").name("plain").tags("baseline").start()) {
      run.log(41, "loss", 1.0);
      first = run.writerId();
    }
    try (Run run = builder("a").resume(Resume.MUST).start()) {
      run.log(Map.of("loss", 0.5));
      Card card = card("a", run.writerId());
      assertThat(card.supersedes()).containsExactly(new WriterId(first));
      assertThat(card.resumeStep()).hasValue(42);
      assertThat(card.name()).hasValue("plain");
      assertThat(card.tags()).containsExactly("baseline");
    }
    RunSnapshot run = run("a");
    assertThat(run.hiddenFrom(new WriterId(first))).hasValue(42);
    assertThat(run.writers())
        .extracting(writer -> writer.card().lastStep().getAsLong())
        .containsExactlyInAnyOrder(41L, 42L);
  }

  @Test
  void aStepThatIsNamedHidesWhatCameFromThereOnAndARewindIsTheSame() throws IOException {
    try (Run run = builder("a").start()) {
      run.log(100, "loss", 1.0);
    }
    try (Run run = builder("a").resume(Resume.ALLOW).resumeStep(60).start()) {
      assertThat(card("a", run.writerId()).resumeStep()).hasValue(60);
      run.log(Map.of("loss", 0.5));
    }
    try (Run run = builder("a").rewindTo(20).start()) {
      Card card = card("a", run.writerId());
      assertThat(card.resumeStep()).hasValue(20);
      assertThat(card.supersedes()).hasSize(2);
      run.log(Map.of("loss", 0.25));
    }
    assertThat(run("a").writers())
        .extracting(writer -> writer.card().lastStep().getAsLong())
        .containsExactlyInAnyOrder(100L, 60L, 20L);
  }

  @Test
  void aRankContinuesThoseOfItsPlaceAlsoWithAnotherNumberOfRanks() throws IOException {
    for (int rank = 0; rank < 4; rank++) {
      try (Run run = builder("a").rank(rank).worldSize(4).start()) {
        run.log(10 + rank, "loss", rank);
      }
    }
    try (Run zero = builder("a").rank(0).worldSize(2).resume(Resume.MUST).start();
        Run one = builder("a").rank(1).worldSize(2).resume(Resume.MUST).start()) {
      assertThat(ranks(card("a", zero.writerId()))).containsExactly(0, 2);
      assertThat(ranks(card("a", one.writerId()))).containsExactly(1, 3);
      assertThat(card("a", zero.writerId()).resumeStep()).hasValue(13);
      assertThat(card("a", one.writerId()).resumeStep()).hasValue(14);
    }
  }

  @Test
  void aForkNamesItsParentAndBeginsAtTheStep() throws IOException {
    try (Run run = builder("a").start()) {
      run.log(100, "loss", 1.0);
    }
    try (Run run = builder("b").forkFrom("a", 50).start()) {
      run.log(Map.of("loss", 0.5));
      Card card = card("b", run.writerId());
      assertThat(card.forkRun()).hasValue("a");
      assertThat(card.forkStep()).hasValue(50);
    }
    assertThat(run("b").writers().get(0).card().lastStep()).hasValue(50);
    assertThatThrownBy(() -> builder("b").forkFrom("a", 60).start())
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("a fork begins a new run");
    assertThatThrownBy(() -> builder("c").forkFrom("x", 1).start())
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("no run \"x\"");
  }

  @Test
  void whatIsNotThereOrMustNotBeThereIsNamed() throws IOException {
    assertThatThrownBy(() -> builder("a").resume(Resume.MUST).start())
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("there is no run \"a\" in project \"digits\"");
    builder("a").resume(Resume.NEVER).start().close();
    assertThatThrownBy(() -> builder("a").resume(Resume.NEVER).start())
        .isInstanceOf(FileAlreadyExistsException.class);
    try (LocalShardStore store = LocalShardStore.open(folder.resolve("root"))) {
      store.replace(
          new RunKey("digits", "a").metaKey(),
          "{\"deleted_at\":\"2026-11-21T10:00:00Z\"}".getBytes(StandardCharsets.UTF_8));
    }
    assertThatThrownBy(() -> builder("a").resume(Resume.ALLOW).start())
        .hasMessageContaining("was deleted");
    builder("b").resume(Resume.ALLOW).start().close();
  }

  @Test
  void whatMakesNoSenseTogetherIsRefused() {
    assertThatThrownBy(() -> builder("a").resumeStep(3).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("resumeStep needs");
    assertThatThrownBy(() -> builder("a").resumeStep(-1)).hasMessageContaining("from 0");
    assertThatThrownBy(() -> builder("a").forkFrom("a", 3).start())
        .hasMessageContaining("fork of itself");
    assertThatThrownBy(() -> builder("a").rewindTo(3).forkFrom("b", 3).start())
        .hasMessageContaining("forkFrom begins a new run");
    assertThatThrownBy(() -> new RunBuilder(Map.of()).rewindTo(5).start())
        .hasMessageContaining("rewindTo needs the run's id");
  }

  private RunSnapshot run(String id) throws IOException {
    try (LocalShardStore store = LocalShardStore.open(folder.resolve("root"))) {
      return new Catalog(store).run(new RunKey("digits", id));
    }
  }

  private Card card(String id, String writer) throws IOException {
    return run(id).writers().stream()
        .filter(found -> found.key().writer().text().equals(writer))
        .map(WriterSnapshot::card)
        .findFirst()
        .orElseThrow();
  }

  private static List<Integer> ranks(Card card) {
    return card.supersedes().stream().map(WriterId::rank).sorted().toList();
  }
}
