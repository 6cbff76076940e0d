package io.ostraka.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.WriterKey;
import io.ostraka.card.WriterState;
import io.ostraka.catalog.Catalog;
import io.ostraka.catalog.ProjectSnapshot;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.client.SpoolFolder;
import io.ostraka.drain.JournalStatus;
import io.ostraka.drain.SpoolStatus;
import io.ostraka.journal.SpoolRoom;
import io.ostraka.store.Fetchers;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka status}. */
@Command(
    name = "status",
    description = {
      "Say what waits in the spool of this machine, and which runs have not ended.",
      "",
      "Exit code 0: all is well. 3: something wants a look: a journal that cannot be published or that nobody publishes, a",
      "writer that stands still, died or was not heard of. 1: the spool or the root cannot be read; what waits is said first."
    },
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka status                  this machine's spool, and the runs in ./ostraka-runs (or OSTRAKA_ROOT)",
      "  ostraka status --json | jq .    for programs"
    })
final class StatusCommand implements Callable<Integer> {
  static final int WANTS_A_LOOK = 3;

  private final Surroundings here;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ROOT",
      description =
          "The folder or bucket with the runs. Not given: OSTRAKA_ROOT, else ./ostraka-runs.")
  private @Nullable String root;

  @Mixin private SpoolOption spoolOption = new SpoolOption();

  @Option(names = "--json", description = "Print JSON instead of tables.")
  private boolean asJson;

  StatusCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = spoolOption.folder(here);
    Root runs = here.root(Optional.ofNullable(root));
    boolean isThere = runs.folder().map(Files::isDirectory).orElse(true);
    if (root != null && !isThere) {
      throw new IOException(runs.shown() + " is not there; name the folder with the runs");
    }
    try (Stores stores = new Stores(here)) {
      Optional<SpoolStatus> spool =
          Files.isDirectory(folder)
              ? Optional.of(SpoolStatus.read(folder, stores::open, here.clock()))
              : Optional.empty();
      if (!asJson) {
        printSpool(folder, spool); // Before a root that cannot be reached is an error.
      }
      List<RunSnapshot> open;
      try {
        open = isThere ? notEnded(stores, runs) : List.of();
      } catch (IOException e) {
        if (!asJson) {
          throw e;
        }
        ObjectNode json = json(folder, spool, runs.shown(), List.of());
        here.out().println(text(json.putNull("runs").put("root_error", Failure.line(e))));
        return CommandLine.ExitCode.SOFTWARE;
      }
      if (asJson) {
        here.out().println(text(json(folder, spool, runs.shown(), open)));
      } else {
        printRuns(runs.shown(), open);
      }
      return spool.filter(StatusCommand::wantsALook).isPresent()
              || open.stream().anyMatch(run -> run.state() != WriterState.RUNNING)
          ? WANTS_A_LOOK
          : 0;
    }
  }

  private static boolean wantsALook(SpoolStatus spool) {
    return spool.spool().copied()
        || spool.journals().stream()
            .anyMatch(
                journal ->
                    journal.error().isPresent()
                        || journal.state() == JournalStatus.State.STALLED
                        || (spool.agent().isEmpty()
                            && journal.state() != JournalStatus.State.ALIVE));
  }

  private static List<RunSnapshot> notEnded(Stores stores, Root root) throws IOException {
    List<RunSnapshot> open = new ArrayList<>();
    try (ShardStore store = stores.open(root);
        Fetchers fetchers = Fetchers.many()) {
      Catalog catalog = Catalog.toShow(store, fetchers);
      for (ProjectSnapshot project : catalog.projects()) {
        catalog.runs(project.name()).stream()
            .filter(run -> !run.state().hasEnded())
            .forEach(open::add);
      }
    }
    return open;
  }

  private void printSpool(Path folder, Optional<SpoolStatus> found) throws IOException {
    if (found.isEmpty()) {
      here.out().println("Spool " + folder + ": not there, so nothing waits");
      return;
    }
    SpoolStatus spool = found.get();
    here.out()
        .printf(
            "Spool %s: %s of %s, %s free on its disk%n",
            folder,
            SpoolRoom.shown(spool.usedBytes()),
            SpoolRoom.shown(SpoolFolder.limitBytes(here.variables(), folder)),
            SpoolRoom.shown(spool.freeBytes()));
    if (spool.spool().copied()) {
      here.out()
          .println(
              "It is a copy of another spool, and published only by ostraka publish --take-over --spool "
                  + folder);
    }
    here.out()
        .println(
            spool
                .agent()
                .map(who -> "Agent: running" + (who.isEmpty() ? "" : ", process " + since(who)))
                .orElse("Agent: not running"));
    if (spool.journals().isEmpty()) {
      here.out().println("Nothing waits");
      return;
    }
    TextTable table =
        new TextTable(
            "PROJECT", "RUN", "RANK", "WRITER", "STATE", "WAITS", "OLDEST", "DROPPED", "ERROR");
    for (JournalStatus journal : spool.journals()) {
      table.row(
          journal.key().map(key -> key.run().project()).orElse("?"),
          journal.key().map(key -> key.run().run()).orElse("?"),
          Integer.toString(journal.writer().rank()),
          journal.writer().text(),
          journal.state().text(),
          SpoolRoom.shown(journal.waitingBytes()),
          journal.oldest().map(StatusCommand::shown).orElse(""),
          Long.toString(journal.dropped()),
          journal.error().orElse(""));
    }
    here.out().print(table);
  }

  private static String since(String noted) {
    return noted.replaceFirst(" ", " since ");
  }

  private void printRuns(String runs, List<RunSnapshot> open) {
    if (open.isEmpty()) {
      here.out().println("Root " + runs + ": every run has ended");
      return;
    }
    here.out().println("Root " + runs + ": runs that have not ended");
    TextTable table =
        new TextTable("PROJECT", "RUN", "STATE", "RANK", "WRITER", "STATE", "HEARD", "FAILURE");
    for (RunSnapshot run : open) {
      for (WriterSnapshot writer : run.writers()) {
        WriterKey key = writer.key();
        table.row(
            key.run().project(),
            key.run().run(),
            run.state().text(),
            Integer.toString(key.writer().rank()),
            key.writer().text(),
            writer.state().text(),
            shown(age(writer)) + " ago",
            writer.card().failure().orElse(""));
      }
    }
    here.out().print(table);
  }

  private Duration age(WriterSnapshot writer) {
    Instant now = here.clock().instant();
    Duration age = Duration.between(writer.lastActivity(), now);
    return age.isNegative() ? Duration.ZERO : age;
  }

  private static String shown(Duration age) {
    if (age.toMinutes() < 1) {
      return age.toSeconds() + " s";
    }
    if (age.toHours() < 1) {
      return age.toMinutes() + " min";
    }
    return age.toDays() < 2 ? age.toHours() + " h" : age.toDays() + " days";
  }

  private ObjectNode json(
      Path folder, Optional<SpoolStatus> spool, String runs, List<RunSnapshot> open)
      throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (spool.isPresent()) {
      json.set("spool", spool(folder, spool.get()));
    } else {
      json.putNull("spool");
    }
    json.put("root", runs);
    ArrayNode listed = json.putArray("runs");
    for (RunSnapshot run : open) {
      ObjectNode one = listed.addObject();
      one.put("project", run.key().project()).put("run", run.key().run());
      one.put("state", run.state().text());
      ArrayNode writers = one.putArray("writers");
      for (WriterSnapshot writer : run.writers()) {
        ObjectNode line = writers.addObject();
        line.put("writer", writer.key().writer().text()).put("rank", writer.key().writer().rank());
        line.put("state", writer.state().text());
        line.put("heartbeat_age_seconds", age(writer).toMillis() / 1000.0);
        line.put("failure", writer.card().failure().orElse(null));
      }
    }
    return json;
  }

  private ObjectNode spool(Path folder, SpoolStatus spool) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("folder", folder.toString()).put("copied", spool.spool().copied());
    json.put("used_bytes", spool.usedBytes());
    json.put("limit_bytes", SpoolFolder.limitBytes(here.variables(), folder));
    json.put("free_bytes", spool.freeBytes());
    json.put("agent", spool.agent().map(StatusCommand::since).orElse(null));
    ArrayNode journals = json.putArray("journals");
    for (JournalStatus journal : spool.journals()) {
      ObjectNode line = journals.addObject();
      line.put("project", journal.key().map(key -> key.run().project()).orElse(null));
      line.put("run", journal.key().map(key -> key.run().run()).orElse(null));
      line.put("writer", journal.writer().text()).put("rank", journal.writer().rank());
      line.put("root", journal.root().map(Object::toString).orElse(null));
      line.put("state", journal.state().text()).put("waiting_bytes", journal.waitingBytes());
      if (journal.oldest().isPresent()) {
        line.put("oldest_seconds", journal.oldest().get().toMillis() / 1000.0);
      } else {
        line.putNull("oldest_seconds");
      }
      line.put("dropped", journal.dropped()).put("error", journal.error().orElse(null));
    }
    return json;
  }

  private static String text(ObjectNode json) throws JsonProcessingException {
    return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json);
  }
}
