package io.ostraka.viewer;

import io.ostraka.query.Query;
import io.ostraka.query.QuerySettings;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/** A real viewer of a root on a free port, and ways to ask it. */
final class Served implements AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final ShardStore store;
  private final Query query;
  private final Viewer viewer;

  Served(Path root, String... allowedHosts) throws IOException {
    store = LocalShardStore.open(root);
    query = Query.open(store, QuerySettings.defaults().withFreshness(Duration.ZERO));
    viewer =
        Viewer.start(
            query,
            new ViewerSettings("127.0.0.1", 0, Set.of(allowedHosts), "test", Clock.systemUTC()));
  }

  Viewer viewer() {
    return viewer;
  }

  Query query() {
    return query;
  }

  int port() {
    return viewer.address().getPort();
  }

  HttpResponse<byte[]> get(String pathAndQuery, String... headers)
      throws IOException, InterruptedException {
    return send("GET", pathAndQuery, headers);
  }

  HttpResponse<byte[]> send(String method, String pathAndQuery, String... headers)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port() + pathAndQuery);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  String text(String pathAndQuery) throws IOException, InterruptedException {
    return new String(get(pathAndQuery).body(), StandardCharsets.UTF_8);
  }

  /** Sends bytes as they are, which no client library would, and reads until the end. */
  String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A raw request for a target, which ends the connection. */
  String rawGet(String target, String host) throws IOException {
    return raw("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  }

  @Override
  public void close() {
    viewer.close();
    query.close();
    store.close();
  }
}
