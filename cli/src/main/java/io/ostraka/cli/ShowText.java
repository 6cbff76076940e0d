package io.ostraka.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.card.Card;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import io.ostraka.cli.draw.Numbers;
import io.ostraka.cli.draw.Spark;
import io.ostraka.query.MetricSummary;
import io.ostraka.query.Page;
import io.ostraka.query.Query;
import io.ostraka.query.filter.Field;
import io.ostraka.query.filter.Value;
import io.ostraka.query.runs.RunFields;
import io.ostraka.query.sql.TextWidth;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A run as {@code ostraka show} prints it for a person. */
final class ShowText {
  private static final int WIDEST_SPARK = 48;
  private static final int LEAST_SPARK = 8;
  private static final int LEAST_NAME = 12;
  private static final int WIDE = 80;

  private final Screen screen;
  private final Instant now;
  private final int most;
  private final StringBuilder text = new StringBuilder();

  /**
   * Texts for a screen.
   *
   * @param most how many settings, writers and metrics are shown
   */
  ShowText(Surroundings here, int most) {
    this.screen = here.screen();
    this.now = here.clock().instant();
    this.most = most;
  }

  String of(Query query, RunSnapshot run, Page<MetricSummary> summary) throws IOException {
    Card card = run.card();
    String id = run.key().project() + "/" + run.key().run();
    text.append(screen.bold(Screen.plain(card.name().orElse(run.key().run()))));
    text.append("  ").append(screen.state(run.state().text())).append('\n');
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("run", id);
    times(run, facts);
    failure(run).ifPresent(why -> facts.put("failure", why));
    card.host().ifPresent(host -> facts.put("host", host));
    command(card).ifPresent(command -> facts.put("command", command));
    git(card).ifPresent(git -> facts.put("git", git));
    if (!card.tags().isEmpty()) {
      facts.put("tags", String.join(", ", card.tags()));
    }
    card.group().ifPresent(group -> facts.put("group", group));
    card.jobType().ifPresent(type -> facts.put("job type", type));
    card.forkRun()
        .ifPresent(
            parent -> {
              long step = card.forkStep().orElse(0);
              facts.put("fork of", parent + " at step " + Numbers.count(step));
            });
    if (card.dropped() > 0) {
      facts.put("dropped", Numbers.count(card.dropped()) + " points were not accepted");
    }
    card.notes().ifPresent(notes -> facts.put("notes", notes));
    pairs(facts);
    fields("Config", RunFields.config(card.config()), "config.");
    fields("Summary", RunFields.summary(card.summary()), "summary.");
    writers(run);
    metrics(query, run, summary);
    return text.toString();
  }

  private void times(RunSnapshot run, Map<String, String> facts) {
    Card card = run.card();
    Optional<Instant> heard = ShowJson.latest(run);
    card.startedAt().ifPresent(time -> facts.put("started", Ages.when(time, now)));
    card.finishedAt().ifPresent(time -> facts.put("finished", Ages.when(time, now)));
    if (card.finishedAt().isEmpty()) {
      heard.ifPresent(time -> facts.put("heard of", Ages.when(time, now)));
    }
    Optional<Instant> until = card.finishedAt().or(() -> heard);
    if (card.startedAt().isPresent() && until.isPresent()) {
      facts.put("took", Ages.length(Duration.between(card.startedAt().get(), until.get())));
    }
  }

  /* Of a writer that another continues it says nothing about how the run stands. */
  private static Optional<String> failure(RunSnapshot run) {
    Set<WriterId> continued = run.continued().keySet();
    return run.writers().stream()
        .filter(writer -> !continued.contains(writer.key().writer()))
        .flatMap(
            writer ->
                writer.card().failure().stream()
                    .map(why -> "rank " + writer.key().writer().rank() + ": " + why))
        .findFirst();
  }

  /** The command line, as it could be typed. */
  static Optional<String> command(Card card) {
    JsonNode words = card.json().path("command");
    StringBuilder line = new StringBuilder();
    for (JsonNode word : words) {
      String said = word.asText();
      boolean isPlain = said.matches("[\\w@%+=:,./-]+");
      line.append(line.isEmpty() ? "" : " ");
      line.append(isPlain ? said : "'" + said.replace("'", "'\\''") + "'");
    }
    return line.isEmpty() ? Optional.empty() : Optional.of(line.toString());
  }

  private static Optional<String> git(Card card) {
    JsonNode git = card.json().path("git");
    String commit = git.path("commit").asText("");
    if (commit.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder line = new StringBuilder(commit.substring(0, Math.min(12, commit.length())));
    if (git.path("branch").isTextual()) {
      line.append(" on ").append(git.path("branch").asText());
    }
    line.append(git.path("dirty").asBoolean() ? ", with changes" : "");
    if (git.path("remote").isTextual()) {
      line.append(", ").append(git.path("remote").asText());
    }
    return Optional.of(line.toString());
  }

  private void heading(String heading) {
    text.append('\n').append(screen.bold(heading)).append('\n');
  }

  /* Values that are longer than a line go on below their beginning. */
  private void pairs(Map<String, String> pairs) {
    int width = pairs.keySet().stream().mapToInt(TextTable::width).max().orElse(0);
    int rest = Math.max(LEAST_NAME, screen.columns() - width - 4);
    pairs.forEach(
        (name, value) -> {
          String label = name + " ".repeat(width - TextTable.width(name));
          for (String line : wrapped(Screen.plain(value.strip()), rest)) {
            text.append("  ").append(screen.dim(label)).append("  ").append(line).append('\n');
            label = " ".repeat(width);
          }
        });
  }

  private static List<String> wrapped(String value, int width) {
    List<String> lines = new ArrayList<>();
    String rest = value;
    while (TextTable.width(rest) > width) {
      int end = TextWidth.begin(rest, width).length();
      int space = rest.lastIndexOf(' ', end);
      int cut = space > end / 2 ? space : end;
      lines.add(rest.substring(0, cut));
      rest = rest.substring(cut).stripLeading();
    }
    lines.add(rest);
    return lines;
  }

  private void fields(String heading, Map<Field, JsonNode> fields, String prefix) {
    if (fields.isEmpty()) {
      return;
    }
    heading(heading);
    Map<String, String> pairs = new LinkedHashMap<>();
    fields.forEach(
        (field, json) -> {
          if (pairs.size() < most) {
            String name = Screen.plain(field.text().substring(prefix.length()));
            pairs.put(name, ValueText.of(Value.of(json)));
          }
        });
    pairs(pairs);
    rest(fields.size());
  }

  private void rest(int all) {
    if (all > most) {
      text.append("  ").append(screen.dim(screen.ellipsis() + " and " + Numbers.count(all - most)));
      text.append(screen.dim(" more; --rows 0 shows all")).append('\n');
    }
  }

  private void writers(RunSnapshot run) {
    heading(run.writers().size() == 1 ? "Writer" : "Writers");
    boolean isWide = screen.columns() >= WIDE;
    TextTable table =
        isWide
            ? new TextTable("RANK", "STATE", "HOST", "STARTED", "HEARD OF", "POINTS", "DROPPED")
            : new TextTable("RANK", "STATE", "HEARD OF", "POINTS");
    table.right("RANK", "POINTS", "DROPPED");
    List<WriterSnapshot> shown = run.writers().stream().limit(most).toList();
    for (WriterSnapshot writer : shown) {
      Card card = writer.card();
      String rank = Integer.toString(writer.key().writer().rank());
      String state = state(run, writer);
      String heard = Ages.ago(writer.lastActivity(), now);
      String points = Numbers.count(SnapshotJson.rows(writer, Stream.METRICS));
      String dropped = Numbers.count(card.dropped());
      if (isWide) {
        String host = screen.cut(card.host().orElse(""), screen.columns() / 4);
        String started = card.startedAt().map(time -> Ages.ago(time, now)).orElse("");
        table.row(rank, state, host, started, heard, points, dropped);
      } else {
        table.row(rank, state, heard, points);
      }
    }
    lines(table.lines());
    rest(run.writers().size());
  }

  private static String state(RunSnapshot run, WriterSnapshot writer) {
    boolean isContinued = run.continued().containsKey(writer.key().writer());
    return isContinued ? "continued" : writer.state().text();
  }

  /* The headings stand back. */
  private void lines(List<String> lines) {
    text.append("  ").append(screen.dim(lines.get(0))).append('\n');
    lines.subList(1, lines.size()).forEach(line -> text.append("  ").append(line).append('\n'));
  }

  private void metrics(Query query, RunSnapshot run, Page<MetricSummary> summary)
      throws IOException {
    List<MetricSummary> shown = summary.rows().stream().limit(most).toList();
    if (shown.isEmpty()) {
      text.append('\n').append("No metrics yet\n");
      return;
    }
    String id = run.key().run();
    List<String> names = shown.stream().map(MetricSummary::name).toList();
    MetricLines lines =
        MetricLines.of(query, run.key().project(), List.of(id), names, WIDEST_SPARK);
    heading(
        "Metrics, step %s to %s"
            .formatted(Numbers.count(lines.first()), Numbers.count(lines.last())));
    TextTable numbers = numbers(shown);
    List<String> cells = numbers.lines();
    int space = screen.columns() - 2 - TextTable.width(cells.get(0)) - 2;
    int longest = names.stream().mapToInt(TextTable::width).max().orElse(0);
    int forName = Math.max(LEAST_NAME, space - LEAST_SPARK - 2);
    int nameWidth = Math.min(Math.max(longest, "METRIC".length()), forName);
    int spark = Math.min(WIDEST_SPARK, space - nameWidth - 2);
    String head = "METRIC" + " ".repeat(nameWidth - "METRIC".length()) + "  " + cells.get(0);
    text.append("  ").append(screen.dim(head)).append('\n');
    for (int i = 0; i < shown.size(); i++) {
      String name = cutLeft(Screen.plain(names.get(i)), nameWidth);
      text.append("  ").append(name).append(" ".repeat(nameWidth - TextTable.width(name)));
      text.append("  ").append(cells.get(i + 1));
      if (spark >= LEAST_SPARK) {
        lines
            .curve(id, names.get(i), spark)
            .map(curve -> Spark.of(curve, screen.hasUnicode()))
            .ifPresent(row -> text.append("  ").append(row.stripTrailing()));
      }
      text.append('\n');
    }
    rest(summary.rows().size());
  }

  /* On a narrow screen the plots are worth more than the counts. */
  private TextTable numbers(List<MetricSummary> metrics) {
    boolean isWide = screen.columns() >= WIDE;
    TextTable table =
        isWide ? new TextTable("LAST", "MIN", "MAX", "COUNT") : new TextTable("LAST", "MIN", "MAX");
    table.right("LAST", "MIN", "MAX", "COUNT");
    for (MetricSummary metric : metrics) {
      String last = Numbers.text(metric.last());
      String min = finite(metric.min());
      String max = finite(metric.max());
      if (isWide) {
        table.row(last, min, max, Numbers.count(metric.count()));
      } else {
        table.row(last, min, max);
      }
    }
    return table;
  }

  /* The end of a metric's name says more than its beginning. */
  private String cutLeft(String name, int most) {
    if (TextTable.width(name) <= most) {
      return name;
    }
    return screen.ellipsis() + TextWidth.end(name, most - screen.ellipsis().length());
  }

  private static String finite(double value) {
    return Double.isNaN(value) ? "" : Numbers.text(value);
  }
}
