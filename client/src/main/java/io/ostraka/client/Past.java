package io.ostraka.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.WriterId;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.drain.AliveLock;
import io.ostraka.drain.LastStep;
import io.ostraka.drain.RunSoFar;
import io.ostraka.drain.Spool;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a new writer goes on with.
 *
 * @param fields what its card says about it
 * @param firstStep the step of the first call that names none
 */
record Past(ObjectNode fields, long firstStep) {
  private static final Duration READ_TIME = Duration.ofSeconds(5);
  private static final List<String> KEPT = List.of("name", "group", "job_type", "notes", "tags");

  /** A run that begins. */
  static Past none() {
    return new Past(JsonNodeFactory.instance.objectNode(), 0);
  }

  /**
   * The latest run of a name.
   *
   * @param otherwise the answer if there is none and need not be; tells the project
   * @throws NoSuchFileException if it must be there and is not
   */
  static RunKey named(ShardStore store, RunKey otherwise, String name, @Nullable Resume mode)
      throws IOException {
    Optional<RunKey> latest = new Catalog(store).latest(otherwise.project(), name);
    if (latest.isEmpty() && mode == Resume.MUST) {
      throw new NoSuchFileException(
          store.root().toString(),
          null,
          "there is no run named \"%s\" in project \"%s\" to resume; check name, project and root, or name the run by runId"
              .formatted(name, otherwise.project()));
    }
    return latest.orElse(otherwise);
  }

  /** Finds what a run goes on with. */
  static final class Finder {
    private final ShardStore store;
    private final Spool spool;
    private final RunKey run;
    private final Predicate<WriterId> samePlace;
    private final Consumer<String> say;

    /**
     * A finder for one run.
     *
     * @param rank the new writer's rank
     * @param worldSize how many ranks the run has from now on: those of before whose rank leaves
     *     the same rest are continued by this one
     * @param say takes one line for a person
     */
    Finder(
        ShardStore store, Spool spool, RunKey run, int rank, int worldSize, Consumer<String> say) {
      this.store = store;
      this.spool = spool;
      this.run = run;
      this.samePlace = writer -> writer.rank() % worldSize == rank;
      this.say = say;
    }

    /**
     * What a run goes on with that is resumed.
     *
     * @param step where it goes on; nothing for one after the last step
     * @throws NoSuchFileException if it must be there and is not
     * @throws FileAlreadyExistsException if it must not be there and is
     */
    Past resume(Resume mode, OptionalLong step) throws IOException {
      Optional<RunSnapshot> there = find(run);
      List<WriterSnapshot> continued = there.map(this::continued).orElse(List.of());
      if (there.isEmpty() && mode == Resume.MUST) {
        throw new NoSuchFileException(
            store.root() + "/" + run.prefix(),
            null,
            "there is no run \"%s\" in project \"%s\" to resume; check id, project and root, or allow it to begin with Resume.ALLOW"
                .formatted(run.run(), run.project()));
      }
      if (mode == Resume.NEVER && !continued.isEmpty()) {
        throw taken("Resume.NEVER was asked for; choose another id, or Resume.ALLOW");
      }
      if (there.isEmpty() || mode == Resume.NEVER) {
        return none();
      }
      return goOn(there.get(), continued, step);
    }

    /**
     * What a run goes on with that is forked from another one of its project.
     *
     * @throws NoSuchFileException if that one is not there
     */
    Past fork(String parent, long step) throws IOException {
      if (find(run).map(this::continued).filter(writers -> !writers.isEmpty()).isPresent()) {
        throw taken(
            "a fork begins a new run; choose another id, or go on with this one by Resume.ALLOW");
      }
      if (find(new RunKey(run.project(), parent)).isEmpty()) {
        throw new NoSuchFileException(
            store.root() + "/" + new RunKey(run.project(), parent).prefix(),
            null,
            "there is no run \"%s\" in project \"%s\" to fork; check id, project and root"
                .formatted(parent, run.project()));
      }
      Past past = none();
      past.fields.put("fork_run", parent).put("fork_step", step);
      return new Past(past.fields, step);
    }

    private FileAlreadyExistsException taken(String why) {
      return new FileAlreadyExistsException(
          store.root() + "/" + run.prefix(), null, "the run exists already, and " + why);
    }

    private Past goOn(RunSnapshot there, List<WriterSnapshot> continued, OptionalLong named) {
      OptionalLong step = named;
      if (step.isEmpty()) {
        try {
          step =
              OptionalLong.of(
                  LastStep.within(
                              READ_TIME,
                              store,
                              spool.folder(),
                              run,
                              continued.isEmpty() ? writer -> true : samePlace)
                          .orElse(-1)
                      + 1);
        } catch (IOException e) {
          say.accept(
              "Where the steps of %s/%s end was not found (%s): a call without a step begins at 0, and nothing of before is hidden; resumeStep names the step"
                  .formatted(run.project(), run.run(), e.getMessage()));
        }
      }
      ObjectNode fields = JsonNodeFactory.instance.objectNode();
      ObjectNode before = there.card().json();
      KEPT.stream().filter(before::hasNonNull).forEach(kept -> fields.set(kept, before.get(kept)));
      if (!continued.isEmpty()) {
        ArrayNode supersedes = fields.putArray("supersedes");
        continued.forEach(writer -> supersedes.add(writer.key().writer().text()));
      }
      step.ifPresent(at -> fields.put("resume_step", at));
      sayWhoStillRuns(continued);
      return new Past(fields, step.orElse(0));
    }

    private void sayWhoStillRuns(List<WriterSnapshot> continued) {
      for (WriterSnapshot writer : continued) {
        if (isAlive(writer)) {
          say.accept(
              "The run %s is continued while process %s on %s seems to write to it still; end that process unless both are meant to run"
                  .formatted(
                      run.run(),
                      writer.card().json().path("process_id").asText("?"),
                      writer.card().host().orElse("?")));
          return;
        }
      }
    }

    private boolean isAlive(WriterSnapshot writer) {
      Path alive = spool.files(writer.key().writer()).alive();
      try {
        return Files.exists(alive)
            ? AliveLock.isHeld(alive)
            : writer.state() == WriterState.RUNNING;
      } catch (IOException e) {
        return false;
      }
    }

    private List<WriterSnapshot> continued(RunSnapshot there) {
      List<WriterSnapshot> continued = new ArrayList<>();
      for (WriterSnapshot writer : there.writers()) {
        if (samePlace.test(writer.key().writer())) {
          continued.add(writer);
        }
      }
      return continued;
    }

    private Optional<RunSnapshot> find(RunKey key) throws IOException {
      checkNotDeleted(key);
      return RunSoFar.find(store, spool.folder(), key);
    }

    private void checkNotDeleted(RunKey key) throws IOException {
      try {
        if (Card.parse(store.read(key.metaKey())).deletedAt().isPresent()) {
          throw new NoSuchFileException(
              store.root() + "/" + key.prefix(),
              null,
              "the run was deleted; restore it or choose another id");
        }
      } catch (ShardFormatException e) {
        // Readers leave edits out that cannot be read, and say so.
      } catch (NoSuchFileException e) {
        if (e.getReason() != null && e.getReason().startsWith("the run was deleted")) {
          throw e;
        }
      }
    }
  }
}
