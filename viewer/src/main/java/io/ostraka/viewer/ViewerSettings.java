package io.ostraka.viewer;

import java.time.Clock;
import java.util.Set;

/**
 * Where the viewer listens and whom it answers.
 *
 * @param host the address to bind to, by name or number
 * @param port the port, 0 for any free one
 * @param allowedHosts names beside the loopback ones by which a browser may call the viewer
 * @param version the version of this build
 * @param clock what time it is, for the page to know how far its own clock is off
 * @param sql whether SQL is answered
 */
public record ViewerSettings(
    String host, int port, Set<String> allowedHosts, String version, Clock clock, boolean sql) {
  /** The port unless told otherwise. */
  public static final int DEFAULT_PORT = 7475;

  /** Settings of a viewer that answers SQL if only this machine reaches it. */
  public ViewerSettings(
      String host, int port, Set<String> allowedHosts, String version, Clock clock) {
    this(host, port, allowedHosts, version, clock, isLoopback(host) && allowedHosts.isEmpty());
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.[0-9]{1,3}){3}");
  }

  /** Checks the port and keeps its own copy of the names. */
  public ViewerSettings {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("Port " + port + " is outside 0 to 65535");
    }
    allowedHosts = Set.copyOf(allowedHosts);
  }

  /** The same, with SQL or without. */
  public ViewerSettings withSql(boolean answered) {
    return new ViewerSettings(host, port, allowedHosts, version, clock, answered);
  }
}
