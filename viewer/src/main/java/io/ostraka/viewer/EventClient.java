package io.ostraka.viewer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One page that listens for events. What changes while it is being told is kept as a set, so a slow
 * client is told less often, and never too late.
 */
final class EventClient {
  private static final long ALIVE_MILLIS = 15_000;

  private final HttpExchange exchange;
  private final Map<String, Set<String>> changedRuns = new TreeMap<>();
  private boolean changedProjects;
  private boolean stopped;

  EventClient(HttpExchange exchange) {
    this.exchange = exchange;
  }

  /** Begins to send on a thread of its own, which calls {@code atEnd} when the client has gone. */
  void start(Runnable atEnd) {
    Thread thread =
        new Thread(
            () -> {
              try {
                send();
              } catch (IOException e) {
                // The client has gone, which is how most connections end.
              } finally {
                atEnd.run();
                exchange.close();
              }
            },
            "ostraka-events");
    thread.setDaemon(true);
    thread.start();
  }

  synchronized void runsChanged(String project, Collection<String> runs) {
    changedRuns.computeIfAbsent(project, name -> new TreeSet<>()).addAll(runs);
    notifyAll();
  }

  synchronized void projectsChanged() {
    changedProjects = true;
    notifyAll();
  }

  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  private void send() throws IOException {
    Headers headers = exchange.getResponseHeaders();
    Sender.secure(headers);
    headers.set("Content-Type", "text/event-stream; charset=utf-8");
    headers.set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    String events = "retry: 1000\n\n";
    while (!events.isEmpty()) {
      out.write(events.getBytes(StandardCharsets.UTF_8));
      out.flush();
      events = nextEvents();
    }
  }

  /* Empty when it is time to stop. */
  private synchronized String nextEvents() {
    try {
      long deadline = System.nanoTime() + ALIVE_MILLIS * 1_000_000;
      while (!stopped && !changedProjects && changedRuns.isEmpty()) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return ": alive\n\n";
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
    return stopped ? "" : takeEvents();
  }

  private String takeEvents() {
    StringBuilder events = new StringBuilder();
    if (changedProjects) {
      events.append(event("projects", JsonNodeFactory.instance.objectNode()));
    }
    changedRuns.forEach(
        (project, runs) -> {
          ObjectNode json = JsonNodeFactory.instance.objectNode().put("project", project);
          ArrayNode list = json.putArray("runs");
          runs.forEach(list::add);
          events.append(event("runs", json));
        });
    changedProjects = false;
    changedRuns.clear();
    return events.toString();
  }

  private static String event(String name, ObjectNode json) {
    return "event: " + name + "\ndata: " + Json.text(json) + "\n\n";
  }
}
