package io.ostraka.drain;

import static io.ostraka.drain.JournalFixture.WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.card.Card;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastStepTest {
  @TempDir Path folder;

  @Test
  void countsWhatWaitsInTheSpoolAndIsNotPublished() throws IOException {
    try (JournalFixture run = begun()) {
      assertThat(LastStep.of(run.memory, folder, WRITER.run())).isEmpty();
      run.log(0, 100);
      assertThat(LastStep.of(run.memory, folder, WRITER.run())).hasValue(99);
      assertThat(LastStep.of(run.memory, folder.resolve("other"), WRITER.run())).isEmpty();
    }
  }

  @Test
  void countsWhatAWriterThatNeverEndedPublished() throws IOException {
    try (JournalFixture run = begun()) {
      run.log(0, 100);
      run.pass(Duration.ofSeconds(2));
      run.drain();
      assertThat(LastStep.of(run.memory, folder.resolve("other"), WRITER.run())).hasValue(99);
    }
  }

  @Test
  void whatAResumeHidesDoesNotCount() throws IOException {
    try (JournalFixture run = begun()) {
      run.log(0, 100);
      resume(run, 40);
      assertThat(LastStep.of(run.memory, folder, WRITER.run())).hasValue(39);
      run.alive = false;
      run.drain();
      assertThat(LastStep.of(run.memory, folder, WRITER.run())).hasValue(39);
      resume(run, 0);
      assertThat(LastStep.of(run.memory, folder, WRITER.run())).isEmpty();
    }
  }

  @Test
  void aForkWithoutPointsHasComeToItsParentsStep() throws IOException {
    try (JournalFixture run = begun()) {
      ObjectNode card = JsonNodeFactory.instance.objectNode();
      card.put("fork_run", "parent").put("fork_step", 1200);
      run.memory.replace(WRITER.cardKey(), Card.of(card).bytes());
      assertThat(LastStep.of(run.memory, folder, WRITER.run())).hasValue(1199);
    }
  }

  @Test
  void anUnknownRunIsNamed() throws IOException {
    try (JournalFixture run = begun()) {
      assertThatThrownBy(() -> LastStep.of(run.memory, folder, new RunKey("digits", "other")))
          .isInstanceOf(NoSuchFileException.class)
          .hasMessageContaining("there is no run \"other\"");
    }
  }

  private JournalFixture begun() throws IOException {
    JournalFixture run = new JournalFixture(folder);
    run.memory.replace(WRITER.cardKey(), Card.empty().bytes());
    return run;
  }

  private static void resume(JournalFixture run, long step) throws IOException {
    WriterKey later = new WriterKey(WRITER.run(), WriterId.of(0, 1000 - step));
    ObjectNode card = JsonNodeFactory.instance.objectNode().put("resume_step", step);
    card.putArray("supersedes").add(WRITER.writer().text());
    run.memory.replace(later.cardKey(), Card.of(card).bytes());
  }
}
