package io.ostraka.cli;

import io.ostraka.RunKey;
import io.ostraka.catalog.Catalog;
import io.ostraka.edit.RunEdits;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ostraka tag}. */
@Command(
    name = "tag",
    description = "Add tags to a run and remove some. Without any it prints those that there are.",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  ostraka tag mlp-64 +best -broken          add best, remove broken",
      "  ostraka tag mlp-64 best --remove broken   the same"
    })
final class TagCommand implements Callable<Integer> {
  private final Surroundings here;

  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "Its id, the first characters of it, its name, or PROJECT/ one of these.")
  private String run = "";

  @Parameters(
      index = "1..*",
      paramLabel = "TAG",
      description = "TAG or +TAG adds a tag, -TAG removes it.")
  private List<String> tags = new ArrayList<>();

  @Option(
      names = "--remove",
      paramLabel = "TAG",
      arity = "1..*",
      description = "Remove these, also such as begin with a sign.")
  private List<String> removed = new ArrayList<>();

  @Mixin private RunOptions options = new RunOptions();

  TagCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    List<String> added = new ArrayList<>();
    List<String> gone = new ArrayList<>(removed);
    for (String tag : tags) {
      if (tag.startsWith("--")) {
        throw new WrongCall("Unknown option: '" + tag + "'");
      }
      boolean isSigned = tag.startsWith("+") || tag.startsWith("-");
      (tag.startsWith("-") ? gone : added).add(isSigned ? tag.substring(1) : tag);
    }
    try (Stores stores = new Stores(here);
        ShardStore store = options.open(here, stores)) {
      RunKey key = new RunFinder(store, here.clock(), options.project()).find(run);
      List<String> now = new ArrayList<>();
      if (added.isEmpty() && gone.isEmpty()) {
        now.addAll(new Catalog(store).run(key).card().tags());
      } else {
        RunEdits edits = new RunEdits(store, here.clock());
        WrongCall.unlessRefused(() -> now.addAll(edits.tag(key, added, gone)));
      }
      here.out()
          .println(
              key.project()
                  + "/"
                  + key.run()
                  + (now.isEmpty() ? " has no tags" : " is tagged " + String.join(", ", now)));
      return 0;
    }
  }
}
