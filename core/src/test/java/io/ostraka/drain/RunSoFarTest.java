package io.ostraka.drain;

import static io.ostraka.drain.JournalFixture.WRITER;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.RunKey;
import io.ostraka.card.Card;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunSoFarTest {
  @TempDir Path folder;

  @Test
  void aWriterOfWhichNothingIsPublishedIsKnownByItsJournal() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      RunSnapshot found = RunSoFar.find(run.memory, folder, WRITER.run()).orElseThrow();

      assertThat(found.writers()).extracting(WriterSnapshot::key).containsExactly(WRITER);
      assertThat(found.writers().get(0).card().name()).contains("mlp-64");
      assertThat(LastStep.of(run.memory, folder, WRITER.run())).isEmpty();
      run.log(0, 100);
      assertThat(LastStep.of(run.memory, folder, WRITER.run())).hasValue(99);
    }
  }

  @Test
  void aPublishedWriterIsThereOnce() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      run.memory.replace(WRITER.cardKey(), Card.empty().bytes());

      assertThat(RunSoFar.find(run.memory, folder, WRITER.run()).orElseThrow().writers())
          .hasSize(1)
          .allSatisfy(writer -> assertThat(writer.card().name()).isEmpty());
    }
  }

  @Test
  void whatNeitherRootNorSpoolKnowIsNotThere() throws IOException {
    try (JournalFixture run = new JournalFixture(folder)) {
      assertThat(RunSoFar.find(run.memory, folder, new RunKey("digits", "other"))).isEmpty();
      assertThat(RunSoFar.find(run.memory, folder.resolve("other"), WRITER.run())).isEmpty();
    }
  }
}
