package io.ostraka.cli;

import io.ostraka.client.Metrics;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import io.ostraka.drain.Agent;
import io.ostraka.drain.Spool;
import io.ostraka.query.Query;
import io.ostraka.query.QuerySettings;
import io.ostraka.storage.bucket.BucketSettings;
import io.ostraka.storage.bucket.BucketStores;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import io.ostraka.viewer.Viewer;
import io.ostraka.viewer.ViewerSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code ostraka rehearse}: does what the other commands do, once and small, so that the JVM can
 * archive the classes they need. Only the launcher calls it.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Do a little of everything, for the launcher.")
final class RehearseCommand implements Callable<Integer> {
  private static final String PROJECT = "rehearsal";
  private static final Duration NO_TIME = Duration.ofMillis(200);

  private final Surroundings here;

  @Parameters(index = "0", paramLabel = "DIR", description = "An empty folder.")
  private @Nullable Path folder;

  RehearseCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Path place = here.folder().resolve(folder == null ? Path.of("") : folder);
    Path root = place.resolve("runs");
    Path spool = place.resolve("spool");
    String run = log(root, spool);
    try (Stores stores = new Stores(here)) {
      new Agent(Spool.open(spool), stores.drainSettings(), Stores.compaction(), NO_TIME, line -> {})
          .run();
    }
    Surroundings quiet = quiet();
    command(quiet, "publish", "--spool", spool.toString());
    command(quiet, "ls", root.toString());
    command(quiet, "ls", root.toString(), PROJECT, "--json");
    command(quiet, "last-step", root.toString(), PROJECT, run, "--spool", spool.toString());
    command(quiet, "sync", root.toString(), place.resolve("copy").toString());
    command(quiet, "sql", root.toString(), "SELECT name, count(*) FROM metrics GROUP BY ALL");
    command(quiet, "version");
    bucket();
    view(root, run);
    return 0;
  }

  private static String log(Path root, Path spool) throws IOException {
    try (Run run =
        Ostraka.run()
            .root(root)
            .spool(spool)
            .project(PROJECT)
            .name("rehearsal")
            .config(Map.of("a", 1))
            .start()) {
      Metrics metrics = run.metrics("loss", "lr");
      for (long step = 0; step < 5_000; step++) {
        metrics.log(step, 1.0 / (step + 1), 0.1);
      }
      run.text(0, "note", "rehearsed");
      run.flush();
      metrics.log(5_000, 0, 0);
      return run.id();
    }
  }

  /** Asks a bucket at an address where nothing answers: what is loaded for it is wanted. */
  private void bucket() {
    Map<String, String> variables =
        Map.of(
            "AWS_ENDPOINT_URL", "http://127.0.0.1:1",
            "AWS_ACCESS_KEY_ID", "rehearsal",
            "AWS_SECRET_ACCESS_KEY", "rehearsal");
    BucketSettings settings = BucketSettings.of(variables, here.caches());
    try (BucketStores stores = new BucketStores(settings, line -> {});
        ShardStore store = stores.open(URI.create("s3://rehearsal"))) {
      store.replace("card", new byte[1]);
    } catch (IOException nobodyAnswers) {
      return;
    }
  }

  private void view(Path root, String run) throws IOException {
    try (Query query = Query.open(LocalShardStore.open(root), QuerySettings.defaults())) {
      Viewer viewer =
          Viewer.start(
              query,
              new ViewerSettings("127.0.0.1", 0, Set.of(), VersionCommand.version(), here.clock()));
      try {
        String ofProject = "project=" + PROJECT;
        String ofRun = ofProject + "&run=" + run;
        for (String page :
            List.of(
                "",
                "api/v1/server",
                "api/v1/projects",
                "api/v1/runs?" + ofProject,
                "api/v1/metrics?" + ofProject,
                "api/v1/table?filter=config.a%3E0+and+state+%3D+finished&sort=-summary.loss.min&"
                    + ofProject,
                "api/v1/series?bins=100&metric=loss&metric=lr&" + ofRun,
                "api/v1/series?bins=100&metric=loss&ranks=each&" + ofRun,
                "api/v1/points?metric=loss&" + ofRun,
                "api/v1/texts?metric=note&" + ofRun,
                "api/v1/console?" + ofRun)) {
          get(viewer.address().resolve(page));
        }
      } finally {
        viewer.close();
      }
    }
  }

  private static void get(URI address) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    connection.setRequestProperty("Accept-Encoding", "gzip");
    try (InputStream body = connection.getInputStream()) {
      body.transferTo(OutputStream.nullOutputStream());
    }
    connection.disconnect();
  }

  private Surroundings quiet() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return new Surroundings(
        here.variables(),
        here.folder(),
        here.checkout(),
        false,
        here.screen(),
        here.clock(),
        nowhere,
        nowhere);
  }

  private static void command(Surroundings quiet, String... arguments) throws IOException {
    int code = Main.run(quiet, arguments);
    if (code != 0) {
      throw new IOException(
          "The rehearsal of " + String.join(" ", arguments) + " ended with exit code " + code);
    }
  }
}
