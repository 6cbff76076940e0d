package io.ostraka.viewer;

import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request is answered at all: the method, the name by which the browser calls us,
 * and the page that asks.
 */
final class RequestGuard {
  /*
   * A foreign site can point a name of its own at 127.0.0.1 and read the answers (DNS rebinding).
   * The browser then sends that name as Host, so names other than our own are refused. The port
   * does not count: behind "ssh -L" it is another one.
   */
  private static final Pattern IPV4_LOOPBACK =
      Pattern.compile("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");

  private final Set<String> names = new HashSet<>();

  RequestGuard(ViewerSettings settings) {
    names.addAll(List.of("localhost", "::1", "0:0:0:0:0:0:0:1"));
    names.add(normal(settings.host()));
    settings.allowedHosts().forEach(name -> names.add(normal(name)));
  }

  void check(HttpExchange exchange) throws Refusal {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      throw Refusal.notAllowed(method, "GET, HEAD");
    }
    String authority = exchange.getRequestHeaders().getFirst("Host");
    if (authority == null) {
      throw Refusal.badRequest("The request has no Host header");
    }
    InetAddress local = exchange.getLocalAddress().getAddress();
    checkName(authority, local);
    URI uri = exchange.getRequestURI();
    if (uri.getScheme() == null && uri.getRawAuthority() != null) {
      throw Refusal.notFound("There is nothing here");
    }
    if (uri.getRawAuthority() != null) {
      checkName(uri.getRawAuthority(), local);
    }
    checkOrigin(exchange.getRequestHeaders().getFirst("Origin"), authority);
  }

  private void checkName(String authority, InetAddress local) throws Refusal {
    String name = nameOf(authority);
    boolean known =
        names.contains(name)
            || IPV4_LOOPBACK.matcher(name).matches()
            || name.equals(normal(local.getHostAddress()));
    if (!known) {
      throw Refusal.forbidden(
          "The viewer does not go by the name \""
              + printable(name)
              + "\"; start it with --allow-host to add the name");
    }
  }

  private static void checkOrigin(@Nullable String origin, String authority) throws Refusal {
    if (origin == null) {
      return;
    }
    int scheme = origin.indexOf("://");
    boolean same = scheme > 0 && origin.substring(scheme + 3).equalsIgnoreCase(authority);
    if (!same) {
      throw Refusal.forbidden(
          "A page of another origin, \"" + printable(origin) + "\", may not read the viewer");
    }
  }

  private static String nameOf(String authority) {
    if (authority.startsWith("[")) {
      int end = authority.indexOf(']');
      return end < 0 ? authority : normal(authority.substring(0, end + 1));
    }
    int port = authority.lastIndexOf(':');
    return normal(port < 0 ? authority : authority.substring(0, port));
  }

  private static String normal(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("[") && lower.endsWith("]")) {
      lower = lower.substring(1, lower.length() - 1);
    }
    int zone = lower.indexOf('%');
    if (zone >= 0) {
      lower = lower.substring(0, zone);
    }
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static String printable(String text) {
    String shown = text.length() <= 80 ? text : text.substring(0, 77) + "...";
    return shown.replaceAll("[^\\x21-\\x7e]", "?");
  }
}
