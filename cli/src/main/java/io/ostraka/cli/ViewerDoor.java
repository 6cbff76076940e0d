package io.ostraka.cli;

import io.ostraka.query.Query;
import io.ostraka.query.QuerySettings;
import io.ostraka.viewer.Viewer;
import io.ostraka.viewer.ViewerSettings;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Opens the viewer on a port that is free, says where it is, and shows it to the person. */
final class ViewerDoor implements AutoCloseable {
  /** So many ports after the usual one are tried before the command gives up. */
  private static final int PORTS_TRIED = 50;

  private final Stores stores;
  private final Query query;
  private final Viewer viewer;

  private ViewerDoor(Stores stores, Query query, Viewer viewer) {
    this.stores = stores;
    this.query = query;
    this.viewer = viewer;
  }

  /**
   * Opens the viewer of a root and prints its address and root.
   *
   * @throws IOException if the root cannot be used or the port asked for is taken, then naming its
   *     holder and a free one
   */
  static ViewerDoor open(Surroundings here, Root root, ViewOptions options) throws IOException {
    Stores stores = new Stores(here);
    Query query = Query.open(stores.open(root), QuerySettings.defaults());
    try {
      Viewer viewer = start(here, query, options);
      here.out().println("Ostraka shows " + root.shown());
      here.out().println("  " + viewer.address());
      here.out().flush();
      return new ViewerDoor(stores, query, viewer);
    } catch (IOException | RuntimeException failure) {
      query.close();
      stores.close();
      throw failure;
    }
  }

  private static Viewer start(Surroundings here, Query query, ViewOptions options)
      throws IOException {
    if (options.port != null) {
      try {
        return Viewer.start(query, settings(here, options, options.port));
      } catch (BindException taken) {
        throw new IOException(taken(options, options.port), taken);
      }
    }
    for (int port = ViewerSettings.DEFAULT_PORT; ; port++) {
      try {
        Viewer viewer = Viewer.start(query, settings(here, options, port));
        if (port != ViewerSettings.DEFAULT_PORT) {
          here.err()
              .println(
                  "Port "
                      + ViewerSettings.DEFAULT_PORT
                      + " is taken"
                      + holder(ViewerSettings.DEFAULT_PORT)
                      + "; using "
                      + port);
        }
        return viewer;
      } catch (BindException taken) {
        if (port == ViewerSettings.DEFAULT_PORT + PORTS_TRIED) {
          throw new IOException(
              "The ports "
                  + ViewerSettings.DEFAULT_PORT
                  + " to "
                  + port
                  + " on "
                  + options.host
                  + " cannot be used: "
                  + taken.getMessage()
                  + "; name another with --port, or 0 for any",
              taken);
        }
      }
    }
  }

  private static ViewerSettings settings(Surroundings here, ViewOptions options, int port) {
    try {
      ViewerSettings settings =
          new ViewerSettings(
              options.host,
              port,
              Set.copyOf(options.allowedHosts),
              VersionCommand.version(),
              here.clock());
      return options.sql == null ? settings : settings.withSql(options.sql);
    } catch (IllegalArgumentException e) {
      throw new WrongCall(String.valueOf(e.getMessage()));
    }
  }

  private static String taken(ViewOptions options, int port) {
    OptionalInt free = freePortAfter(options.host, port);
    return "Port "
        + port
        + " is taken"
        + holder(port)
        + (free.isPresent() ? "; port " + free.getAsInt() + " is free" : "")
        + "; without --port a free one is found";
  }

  private static String holder(int port) {
    return new PortHolder(Path.of("/proc")).of(port).map(holder -> " by " + holder).orElse("");
  }

  private static OptionalInt freePortAfter(String host, int taken) {
    for (int port = taken + 1; port <= Math.min(taken + PORTS_TRIED, 65_535); port++) {
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(host))) {
        return OptionalInt.of(probe.getLocalPort());
      } catch (IOException alsoTaken) {
        // The next one, then.
      }
    }
    return OptionalInt.empty();
  }

  URI address() {
    return viewer.address();
  }

  /** Opens the browser at a page of the viewer, or says why none is opened. */
  void show(Surroundings here, ViewOptions options, String page) {
    if (options.noBrowser) {
      return;
    }
    if (!new Browser(here).open(address().resolve(page))) {
      Optional<String> remote = here.variable("SSH_CONNECTION");
      here.out()
          .println(
              remote.isPresent()
                  ? "No display here. On your own machine: ssh -L "
                      + address().getPort()
                      + ":"
                      + address().getAuthority()
                      + " and the host's name, then open the address above."
                  : "Found no browser to open; open the address above.");
    }
  }

  @Override
  public void close() {
    viewer.close();
    query.close();
    stores.close();
  }
}
