package io.ostraka.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.RunKey;
import io.ostraka.ShardFormatException;
import io.ostraka.card.Card;
import io.ostraka.card.WriterState;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.drain.LastStep;
import io.ostraka.drain.RunSoFar;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ostraka past}: what a client asks that speaks to no network and goes on with runs. */
@Command(
    name = "past",
    hidden = true,
    description =
        "Print as JSON what a run has so far and, named by --fork, another one of its project.",
    optionListHeading = "%nOptions:%n")
final class PastCommand implements Callable<Integer> {
  private static final Duration READ_TIME = Duration.ofSeconds(5);

  private final Surroundings here;

  @Mixin private RunPlace place = new RunPlace();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The latest run that people see under this name instead, if there is one.")
  private @Nullable String name;

  @Option(names = "--fork", paramLabel = "RUN", description = "Another run to look for.")
  private @Nullable String fork;

  @Option(names = "--last-step", description = "Also the run's greatest step.")
  private boolean lastStep;

  @Mixin private SpoolOption spoolOption = new SpoolOption();

  PastCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Path spool = spoolOption.folder(here);
    try (Stores stores = new Stores(here);
        ShardStore store = stores.open(Root.of(place.root(), here.folder()))) {
      Optional<String> named =
          name == null
              ? Optional.empty()
              : new Catalog(store).latest(place.project(), name).map(RunKey::run);
      RunKey key = new RunKey(place.project(), named.orElse(place.run()));
      ObjectNode answer = found(store, spool, key);
      named.ifPresent(unused -> answer.put("named", true));
      if (lastStep && !answer.path("writers").isEmpty()) {
        addLastStep(answer, store, spool, key);
      }
      if (fork != null) {
        answer.set("fork", found(store, spool, new RunKey(place.project(), fork)));
      }
      here.out().println(answer);
    }
    return 0;
  }

  private ObjectNode found(ShardStore store, Path spool, RunKey key) throws IOException {
    ObjectNode found = JsonNodeFactory.instance.objectNode().put("run", key.run());
    Optional<Instant> deletedAt = deletedAt(store, key);
    deletedAt.ifPresent(at -> found.put("deleted_at", at.toString()));
    ArrayNode writers = found.putArray("writers");
    if (deletedAt.isEmpty()) {
      Instant now = here.clock().instant();
      RunSoFar.find(store, spool, key).map(RunSnapshot::writers).stream()
          .flatMap(all -> all.stream())
          .forEach(writer -> writers.add(writer(writer, now)));
    }
    return found;
  }

  private static ObjectNode writer(WriterSnapshot writer, Instant now) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("writer", writer.key().writer().text());
    json.put("ended", writer.state().hasEnded());
    json.put("running", writer.state() == WriterState.RUNNING);
    long silent = Duration.between(writer.lastActivity(), now).toMillis();
    json.put("silent_seconds", Math.max(0, silent) / 1000.0);
    json.set("card", writer.card().json());
    return json;
  }

  private static void addLastStep(ObjectNode answer, ShardStore store, Path spool, RunKey key) {
    try {
      LastStep.within(READ_TIME, store, spool, key, writer -> true)
          .ifPresentOrElse(
              step -> answer.put("last_step", step), () -> answer.putNull("last_step"));
    } catch (IOException e) {
      answer.put("last_step_unknown", Failure.line(e));
    }
  }

  private static Optional<Instant> deletedAt(ShardStore store, RunKey key) throws IOException {
    try {
      return Card.parse(store.read(key.metaKey())).deletedAt();
    } catch (NoSuchFileException | ShardFormatException e) {
      return Optional.empty(); // Readers leave edits out that cannot be read, and say so.
    }
  }
}
