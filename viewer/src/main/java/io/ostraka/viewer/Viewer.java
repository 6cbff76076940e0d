package io.ostraka.viewer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ostraka.query.Query;
import io.ostraka.query.filter.FilterSyntaxException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The server of {@code docs/http.md}. It changes nothing (what a query stores in the root is
 * derived from it), and answers only those who call it by a name that it knows.
 */
public final class Viewer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Viewer.class.getName());
  private static final int THREADS = 16;
  private static final int WAITING_REQUESTS = 1024;
  private static final int STOP_SECONDS = 1;

  private final HttpServer server;
  private final ThreadPoolExecutor threads;
  private final ViewerSettings settings;
  private final RequestGuard guard;
  private final SqlApi sql;
  private final Api api;
  private final Events events;
  private final PageFiles page = new PageFiles();

  private Viewer(HttpServer server, Query query, ViewerSettings settings) {
    this.server = server;
    this.settings = settings;
    this.guard = new RequestGuard(settings);
    this.sql = new SqlApi(query, settings.sql());
    this.api = new Api(query, sql, settings);
    this.events = new Events(query);
    this.threads = threads();
  }

  /**
   * Starts to answer. The query stays open when the viewer is closed.
   *
   * @throws BindException if the port is taken
   * @throws UnknownHostException if the host has no address
   */
  public static Viewer start(Query query, ViewerSettings settings) throws IOException {
    configureServer();
    InetAddress address = address(settings.host());
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(address, settings.port()), 0);
    } catch (BindException e) {
      BindException clear =
          new BindException(
              "Cannot listen on "
                  + settings.host()
                  + " port "
                  + settings.port()
                  + ": "
                  + e.getMessage()
                  + "; choose another port");
      clear.initCause(e);
      throw clear;
    }
    Viewer viewer = new Viewer(server, query, settings);
    server.setExecutor(viewer.threads);
    server.createContext(
        "/",
        exchange -> {
          viewer.handle(exchange);
          query.prepare(); // Not before: it takes as long as most answers to a first question.
        });
    server.start();
    return viewer;
  }

  /** Where the page is. */
  public URI address() {
    String host = settings.host();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + shown + ":" + server.getAddress().getPort() + "/");
  }

  /** How many pages listen for events. */
  int listenerCount() {
    return events.clientCount();
  }

  @Override
  public void close() {
    events.close();
    server.stop(0);
    threads.shutdown();
    try {
      threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sql.close();
  }

  /*
   * The JDK's server reads these once, when it is first used: answers go out at once (by default
   * small ones wait for an acknowledgement of up to 40 ms), and a request that never ends is cut off.
   */
  private static void configureServer() {
    setIfAbsent("sun.net.httpserver.nodelay", "true");
    setIfAbsent("sun.net.httpserver.maxReqTime", "30");
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static InetAddress address(String host) throws UnknownHostException {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      UnknownHostException clear =
          new UnknownHostException("The host \"" + host + "\" has no address; use 127.0.0.1");
      clear.initCause(e);
      throw clear;
    }
  }

  private static ThreadPoolExecutor threads() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(WAITING_REQUESTS),
            task -> {
              Thread thread = new Thread(task, "ostraka-http-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try {
      guard.check(exchange);
      String path = exchange.getRequestURI().getPath();
      if (path == null || !path.startsWith("/")) {
        throw Refusal.notFound("There is nothing here");
      }
      if (path.equals(Api.PREFIX + "events")) {
        connectEvents(exchange);
        return;
      }
      Answer answer = path.startsWith("/api/") ? apiAnswer(exchange, path) : file(exchange, path);
      finish(exchange, answer);
    } catch (Refusal e) {
      Answer answer = Answer.error(e.status(), line(e));
      finish(exchange, e.status() == 405 ? answer.with("Allow", e.allowed()) : answer);
    } catch (FilterSyntaxException e) {
      finish(exchange, Answer.json(400, Json.bytes(TableJson.error(e))));
    } catch (IllegalArgumentException e) {
      finish(exchange, Answer.error(400, line(e)));
    } catch (NoSuchFileException e) {
      finish(exchange, Answer.error(404, line(e)));
    } catch (IOException e) {
      finish(exchange, Answer.error(503, line(e)));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Failed to answer " + exchange.getRequestURI(), e);
      finish(exchange, Answer.error(500, "The viewer failed: " + e));
    } catch (OutOfMemoryError e) { // what it held is free again, and a client would wait for ever
      finish(
          exchange,
          Answer.error(503, "The answer does not fit the viewer's memory; ask for less of it"));
    }
  }

  private Answer apiAnswer(HttpExchange exchange, String path) throws IOException, Refusal {
    if (!path.startsWith(Api.PREFIX)) {
      throw Refusal.notFound(
          "There is no " + path + "; this version's paths begin with " + Api.PREFIX);
    }
    String name = path.substring(Api.PREFIX.length());
    return api.answer(name, exchange.getRequestURI().getRawQuery(), held(exchange));
  }

  private Answer file(HttpExchange exchange, String path) throws IOException, Refusal {
    PageFiles.File file = page.find(path);
    return EntityTag.isAmong(held(exchange), file.tag()) ? file.unchanged() : file.answer();
  }

  private static @Nullable List<String> held(HttpExchange exchange) {
    return exchange.getRequestHeaders().get("If-None-Match");
  }

  private void connectEvents(HttpExchange exchange) throws IOException, Refusal {
    Parameters parameters =
        Parameters.parse(exchange.getRequestURI().getRawQuery(), Set.of("project"));
    if (exchange.getRequestMethod().equals("HEAD")) {
      throw Refusal.notAllowed("HEAD", "GET");
    }
    events.connect(exchange, parameters.textOrNull("project"));
  }

  private static void finish(HttpExchange exchange, Answer answer) throws IOException {
    try (exchange) {
      Sender.send(exchange, answer);
    }
  }

  private static String line(Exception e) {
    String message = String.valueOf(e.getMessage());
    return message.lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
