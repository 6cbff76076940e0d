package io.ostraka.query.sql;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.card.Card;
import io.ostraka.catalog.LiveShard;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Fills the tables that the views stand on from what the catalog tells of a root. */
final class RootTables {
  private static final String SHARDS =
      """
      CREATE OR REPLACE TEMP TABLE ostraka_shards AS
      SELECT unnest(from_json(?, '[{"file": "VARCHAR", "stream": "VARCHAR", "from_row": "BIGINT",
        "below_step": "BIGINT", "is_partial": "BOOLEAN"}]'), recursive := true)
      """;
  private static final String RUNS =
      """
      CREATE OR REPLACE TEMP TABLE runs AS
      SELECT unnest(from_json(?, '[{"project": "VARCHAR", "run": "VARCHAR", "name": "VARCHAR",
        "state": "VARCHAR", "started_at": "TIMESTAMPTZ", "heartbeat_at": "TIMESTAMPTZ",
        "finished_at": "TIMESTAMPTZ", "last_activity": "TIMESTAMPTZ", "config": "JSON",
        "summary": "JSON", "tags": ["VARCHAR"], "group": "VARCHAR", "job_type": "VARCHAR",
        "notes": "VARCHAR", "fork_run": "VARCHAR", "fork_step": "BIGINT", "dropped": "BIGINT",
        "writers": "BIGINT"}]'), max_depth := 2)
      """;
  private static final String WRITERS =
      """
      CREATE OR REPLACE TEMP TABLE writers AS
      SELECT unnest(from_json(?, '[{"project": "VARCHAR", "run": "VARCHAR", "writer": "VARCHAR",
        "rank": "BIGINT", "world_size": "BIGINT", "state": "VARCHAR", "host": "VARCHAR",
        "process_id": "BIGINT", "started_at": "TIMESTAMPTZ", "heartbeat_at": "TIMESTAMPTZ",
        "finished_at": "TIMESTAMPTZ", "last_activity": "TIMESTAMPTZ", "failure": "VARCHAR",
        "dropped": "BIGINT", "supersedes": ["VARCHAR"], "resume_step": "BIGINT",
        "continued": "BOOLEAN", "hidden_from": "BIGINT", "parent_writer": "VARCHAR",
        "card": "JSON"}]'), max_depth := 2)
      """;

  /* What an export says of each row, and in which order those who continue others come. */
  private static final String PLACES =
      """
      CREATE OR REPLACE TEMP TABLE ostraka_places AS
      SELECT unnest(from_json(?, '[{"project": "VARCHAR", "run": "VARCHAR", "writer": "VARCHAR",
        "run_name": "VARCHAR", "rank": "BIGINT", "turn": "BIGINT"}]'), max_depth := 2)
      """;

  private final ArrayNode shards = JsonNodeFactory.instance.arrayNode();
  private final ArrayNode runs = JsonNodeFactory.instance.arrayNode();
  private final ArrayNode writers = JsonNodeFactory.instance.arrayNode();
  private final ArrayNode places = JsonNodeFactory.instance.arrayNode();

  /** Where the file of a shard is, for a stream that is asked of. */
  interface Files {
    Optional<String> of(Stream stream, LiveShard shard);
  }

  RootTables(List<RunSnapshot> all, Files files) {
    for (RunSnapshot run : all) {
      runs.add(run(run));
      Map<WriterId, RunSnapshot.Continued> continued = run.continued();
      addPlaces(run, continued);
      for (WriterSnapshot writer : run.writers()) {
        RunSnapshot.Continued by = continued.get(writer.key().writer());
        writers.add(writer(writer, by));
        writer
            .shards()
            .forEach((stream, live) -> live.forEach(shard -> add(stream, shard, by, files)));
      }
    }
  }

  /** The tables of an empty root. */
  static RootTables ofNothing() {
    return new RootTables(List.of(), (stream, shard) -> Optional.empty());
  }

  /** Replaces the tables, and the files that the views read. */
  void fill(Connection connection) throws SQLException {
    fill(connection, SHARDS, shards);
    fill(connection, RUNS, runs);
    fill(connection, WRITERS, writers);
    fill(connection, PLACES, places);
    try (Statement statement = connection.createStatement()) {
      statement.execute(StreamViews.files());
    }
  }

  private static void fill(Connection connection, String sql, ArrayNode rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, rows.toString());
      statement.execute();
    }
  }

  private void add(
      Stream stream, LiveShard shard, RunSnapshot.@Nullable Continued by, Files files) {
    boolean isHidden = by != null && stream.stepRequired() && by.fromStep() < Long.MAX_VALUE;
    Optional<String> file = files.of(stream, shard);
    if (file.isPresent()) {
      ObjectNode json = shards.addObject();
      json.put("file", file.get()).put("stream", stream.folder());
      json.put("from_row", shard.fromRow());
      json.put("below_step", by != null && isHidden ? by.fromStep() : null);
      json.put("is_partial", isHidden || shard.fromRow() > shard.name().first());
    }
  }

  private static ObjectNode run(RunSnapshot run) {
    Card card = run.card();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("project", run.key().project()).put("run", run.key().run());
    json.put("name", card.name().orElse(run.key().run()));
    json.put("state", run.state().text());
    putTimes(json, card);
    json.put(
        "last_activity",
        run.writers().stream()
            .map(WriterSnapshot::lastActivity)
            .max(Instant::compareTo)
            .map(Instant::toString)
            .orElse(null));
    json.set("config", card.config());
    json.set("summary", card.summary());
    card.tags().forEach(json.putArray("tags")::add);
    json.put("group", card.group().orElse(null)).put("job_type", card.jobType().orElse(null));
    json.put("notes", card.notes().orElse(null)).put("fork_run", card.forkRun().orElse(null));
    put(json, "fork_step", card.forkStep());
    return json.put("dropped", card.dropped()).put("writers", run.writers().size());
  }

  private static ObjectNode writer(WriterSnapshot writer, RunSnapshot.@Nullable Continued by) {
    Card card = writer.card();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("project", writer.key().run().project()).put("run", writer.key().run().run());
    json.put("writer", writer.key().writer().text()).put("rank", writer.key().writer().rank());
    json.put("world_size", card.worldSize()).put("state", writer.state().text());
    json.put("host", card.host().orElse(null));
    ObjectNode facts = card.json();
    json.set(
        "process_id", facts.path("process_id").isIntegralNumber() ? facts.get("process_id") : null);
    putTimes(json, card);
    json.put("last_activity", writer.lastActivity().toString());
    json.put("failure", card.failure().orElse(null)).put("dropped", card.dropped());
    ArrayNode supersedes = json.putArray("supersedes");
    card.supersedes().forEach(older -> supersedes.add(older.text()));
    put(json, "resume_step", card.resumeStep());
    json.put("continued", by != null);
    boolean isHidden = by != null && by.fromStep() < Long.MAX_VALUE;
    put(
        json,
        "hidden_from",
        by != null && isHidden ? OptionalLong.of(by.fromStep()) : OptionalLong.empty());
    json.put("parent_writer", card.parentWriter().map(WriterId::text).orElse(null));
    json.set("card", facts);
    return json;
  }

  /* Of two writers of a rank the one with the later turn has the last word, as in a chart. */
  private void addPlaces(RunSnapshot run, Map<WriterId, RunSnapshot.Continued> continued) {
    List<WriterId> turns = new ArrayList<>();
    run.writers().forEach(writer -> turns.add(writer.key().writer()));
    Comparator<WriterId> order = Comparator.comparingInt(writer -> generation(writer, continued));
    turns.sort(order.thenComparing(WriterId::text).reversed());
    for (int turn = 0; turn < turns.size(); turn++) {
      WriterId writer = turns.get(turn);
      places
          .addObject()
          .put("project", run.key().project())
          .put("run", run.key().run())
          .put("writer", writer.text())
          .put("run_name", run.card().name().orElse(run.key().run()))
          .put("rank", writer.rank())
          .put("turn", turn);
    }
  }

  private static int generation(WriterId writer, Map<WriterId, RunSnapshot.Continued> continued) {
    RunSnapshot.Continued by = continued.get(writer);
    return by == null ? 0 : by.by();
  }

  private static void putTimes(ObjectNode json, Card card) {
    json.put("started_at", card.startedAt().map(Instant::toString).orElse(null));
    json.put("heartbeat_at", card.heartbeatAt().map(Instant::toString).orElse(null));
    json.put("finished_at", card.finishedAt().map(Instant::toString).orElse(null));
  }

  private static void put(ObjectNode json, String field, OptionalLong value) {
    if (value.isPresent()) {
      json.put(field, value.getAsLong());
    } else {
      json.putNull(field);
    }
  }
}
