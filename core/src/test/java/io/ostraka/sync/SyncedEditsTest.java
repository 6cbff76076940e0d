package io.ostraka.sync;

import static io.ostraka.sync.SyncedRoots.RUN;
import static io.ostraka.sync.SyncedRoots.WRITER;
import static io.ostraka.sync.SyncedRoots.objects;
import static io.ostraka.sync.SyncedRoots.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.catalog.Catalog;
import io.ostraka.edit.RunEdits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People edit a run at both sides. */
class SyncedEditsTest {
  @TempDir private Path folder = Path.of("");

  private SyncedRoots roots;
  private RunEdits here;
  private RunEdits there;

  @BeforeEach
  void logARun() throws IOException {
    roots = new SyncedRoots(folder);
    roots.log();
    here = new RunEdits(roots.source, roots.clock);
    there = new RunEdits(roots.target, roots.clock);
  }

  private String name() throws IOException {
    return new Catalog(roots.target).run(RUN).card().name().orElse("");
  }

  @Test
  void anEditComesWithTheRunAsItIs() throws Exception {
    roots.source.create(RUN.metaKey(), utf8("{\n  \"name\": \"by another tool\"\n}"));
    roots.sync();
    assertThat(objects(roots.target)).isEqualTo(objects(roots.source));
    assertThat(name()).isEqualTo("by another tool");
    assertThat(roots.target.exists(RunKey.editMarkKey("p"))).isTrue();
  }

  @Test
  void editsOfDifferentFieldsAtBothSidesAreAllThere() throws Exception {
    here.rename(RUN, "first");
    roots.sync();
    there.note(RUN, "seen at the target");
    here.rename(RUN, "second");
    here.tag(RUN, List.of("good"), List.of());
    roots.sync();
    assertThat(name()).isEqualTo("second");
    var card = new Catalog(roots.target).run(RUN).card();
    assertThat(card.notes()).contains("seen at the target");
    assertThat(card.tags()).containsExactly("good");
    assertThat(roots.sync().all().objects()).isZero();
  }

  @Test
  void aFieldThatBothSidesEditedStaysTheTargets() throws Exception {
    here.rename(RUN, "first");
    roots.sync();
    there.rename(RUN, "of the target");
    roots.sync();
    assertThat(name()).isEqualTo("of the target");
    here.rename(RUN, "of the source");
    roots.sync();
    assertThat(name()).isEqualTo("of the target");
  }

  @Test
  void aTargetsOwnEditsSurviveTheFirstSync() throws Exception {
    roots.sync();
    there.rename(RUN, "of the target");
    here.rename(RUN, "of the source");
    here.note(RUN, "a note");
    roots.sync();
    assertThat(name()).isEqualTo("of the target");
    assertThat(new Catalog(roots.target).run(RUN).card().notes()).contains("a note");
  }

  @Test
  void whatIsDeletedAtTheSourceIsHiddenAtTheTargetAndComesBackWithIt() throws Exception {
    roots.sync();
    here.delete(RUN);
    roots.sync();
    assertThat(new Catalog(roots.target).runs("p")).isEmpty();
    here.restore(RUN);
    roots.sync();
    assertThat(new Catalog(roots.target).runs("p")).hasSize(1);
  }

  @Test
  void aRunThatIsDeletedBeforeItWasEverCopiedIsNotCopied() throws Exception {
    here.delete(RUN);
    assertThat(roots.sync().all().objects()).isZero();
    assertThat(objects(roots.target)).isEmpty();
    here.restore(RUN);
    roots.sync();
    roots.assertRows(350);
  }

  @Test
  void ofARunThatIsDeletedAtTheTargetNothingMoreIsCopiedUntilItIsTakenBack() throws Exception {
    roots.sync();
    there.delete(RUN);
    roots.source.create(WRITER.prefix() + "texts/000000000000-000000000009.parquet", utf8("x"));
    assertThat(roots.sync().problems()).isEmpty();
    there.restore(RUN);
    assertThat(roots.sync().problems()).hasSize(1);
  }

  @Test
  void aPurgeThatBeganAtTheSourceCanStillBeTakenBackAtTheTarget() throws Exception {
    roots.sync();
    roots.source.replace(
        RUN.metaKey(),
        utf8("{\"deleted_at\":\"2026-11-01T00:00:00Z\",\"purged_at\":\"2026-11-20T00:00:00Z\"}"));
    roots.sync();
    assertThat(new Catalog(roots.target).runs("p")).isEmpty();
    there.restore(RUN);
    roots.assertRows(350);
  }

  @Test
  void damagedEditsAreSaidAndTheRunIsCopied() throws Exception {
    roots.source.replace(RUN.metaKey(), utf8("{\"name\""));
    SyncResult result = roots.sync();
    assertThat(result.problems()).hasSize(1);
    assertThat(result.problems().get(0).message()).startsWith("Cannot read " + RUN.metaKey());
    roots.assertRows(350);
  }
}
