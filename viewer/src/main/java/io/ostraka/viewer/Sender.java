package io.ostraka.viewer;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Sends an answer, compressed where that is wanted and pays, with the headers that all have. */
final class Sender {
  private static final int LEAST_COMPRESSED_BYTES = 1024;

  /*
   * The page loads nothing from elsewhere and runs no inline script. Names and texts in a root are
   * other people's input. Styles of elements are set by the chart library; pictures and workers
   * are made in the page.
   */
  private static final String CONTENT_POLICY =
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
          + "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; "
          + "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

  private Sender() {}

  static void send(HttpExchange exchange, Answer answer) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    secure(headers);
    answer.headers().forEach(headers::set);
    byte[] body = answer.body();
    if (answer.compressible()) {
      headers.set("Vary", "Accept-Encoding");
      boolean pays = body.length > LEAST_COMPRESSED_BYTES;
      if (pays && acceptsGzip(exchange.getRequestHeaders().get("Accept-Encoding"))) {
        headers.set("Content-Encoding", "gzip");
        body = Gzip.compress(body);
      }
    }
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (head || body.length == 0) {
      if (head && answer.status() == 200) {
        headers.set("Content-Length", Integer.toString(body.length));
      }
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.status(), body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  static void secure(Headers headers) {
    headers.set("Content-Security-Policy", CONTENT_POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
  }

  private static boolean acceptsGzip(@Nullable List<String> lines) {
    if (lines == null) {
      return false;
    }
    for (String line : lines) {
      for (String one : line.toLowerCase(Locale.ROOT).split(",", -1)) {
        String coding = one.strip();
        boolean refused = coding.matches("[^;]*;\\s*q=0(\\.0*)?");
        boolean gzip = coding.equals("gzip") || coding.startsWith("gzip;");
        if (gzip && !refused) {
          return true;
        }
      }
    }
    return false;
  }
}
