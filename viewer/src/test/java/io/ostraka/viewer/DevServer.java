package io.ostraka.viewer;

import io.ostraka.query.Query;
import io.ostraka.query.QuerySettings;
import io.ostraka.storage.local.LocalShardStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A server to develop the page against: {@code DevServer <root> <port>}; it makes the root. */
public final class DevServer {
  private DevServer() {}

  /** Serves until it is killed, and lets one run go on meanwhile. */
  public static void main(String[] arguments)
      throws IOException, SQLException, InterruptedException {
    Path root = Path.of(arguments[0]).toAbsolutePath();
    int port = Integer.parseInt(arguments[1]);
    DevRoot.Tick tick = DevRoot.make(root).goOn();
    Query query = Query.open(LocalShardStore.open(root), QuerySettings.defaults());
    ViewerSettings settings =
        new ViewerSettings("127.0.0.1", port, Set.of(), "dev", Clock.systemUTC());
    Viewer viewer = Viewer.start(query, settings);
    System.out.println("Serving " + root + " on " + viewer.address());
    for (long number = 0; ; number++) {
      tick.publish(number);
      TimeUnit.SECONDS.sleep(1);
    }
  }
}
