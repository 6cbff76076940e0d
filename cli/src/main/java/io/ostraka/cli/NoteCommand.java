package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.catalog.Catalog;
import io.ostraka.edit.RunEdits;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka note}. */
@Command(
    name = "note",
    description = "Write the notes of a run. Without a text it prints them.",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka note mlp-64 \"diverges after the warm-up\"",
      "  ostraka note mlp-64 --append \"fixed by clipping\"",
      "  ostraka note mlp-64 --clear"
    })
final class NoteCommand implements Callable<Integer> {
  private final Surroundings here;

  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "Its id, the first characters of it, its name, or PROJECT/ one of these.")
  private String run = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "The notes.")
  private @Nullable String text;

  @Option(names = "--append", description = "Add the text as a line, and keep what is there.")
  private boolean append;

  @Option(names = "--clear", description = "Take the notes away.")
  private boolean clear;

  @Mixin private RunOptions options = new RunOptions();

  NoteCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    if (clear && (append || text != null)) {
      throw new WrongCall("--clear takes no text and no --append");
    }
    if (append && text == null) {
      throw new WrongCall("--append needs a text");
    }
    try (Stores stores = new Stores(here);
        ShardStore store = options.open(here, stores)) {
      RunKey key = new RunFinder(store, here.clock(), options.project()).find(run);
      RunEdits edits = new RunEdits(store, here.clock());
      String notes = clear ? "" : text;
      if (notes == null) {
        new Catalog(store).run(key).card().notes().ifPresent(here.out()::println);
      } else if (append) {
        WrongCall.unlessRefused(() -> edits.appendNote(key, notes));
      } else {
        WrongCall.unlessRefused(() -> edits.note(key, notes));
      }
      return 0;
    }
  }
}
