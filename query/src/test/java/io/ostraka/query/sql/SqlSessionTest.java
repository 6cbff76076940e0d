package io.ostraka.query.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ostraka.RunKey;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.query.DamagedShards;
import io.ostraka.query.RootBuilder;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlSessionTest {
  private static final long ALL = Long.MAX_VALUE;
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final WriterKey WRITER =
      new WriterKey(new RunKey("p's", "a b"), WriterId.of(0, 1));

  @TempDir Path folder;
  private Path root;
  private RootBuilder builder;
  private ShardStore store;
  private SqlSession session;

  @BeforeEach
  void open() throws IOException, SQLException {
    root = Files.createDirectories(folder.resolve("root"));
    builder = RootBuilder.at(root);
    store = LocalShardStore.open(root);
    session = SqlSession.open(store, SqlSettings.ofACommand());
  }

  @AfterEach
  void close() throws IOException, SQLException {
    session.close();
    store.close();
    builder.close();
  }

  @Test
  void whatIsPublishedLaterIsInTheNextAnswer() throws Exception {
    assertThat(ask("SELECT count(*) FROM metrics")).containsExactly("[0]");
    builder.card(WRITER, START, card -> card.putObject("config").put("lr", 0.5));
    shard(0, 9);
    assertThat(ask("SELECT project, run, count(*), sum(value)::BIGINT FROM metrics GROUP BY ALL"))
        .containsExactly("[p's, a b, 10, 45]");
    shard(10, 19);
    assertThat(ask("SELECT count(*) FROM metrics")).containsExactly("[20]");
    assertThat(ask("SELECT name, config->>'lr', writers FROM runs"))
        .containsExactly("[a b, 0.5, 1]");
  }

  @Test
  void aShardThatIsMergedAwayIsReadWhereItsRowsAreNow() throws Exception {
    builder.card(WRITER, START, card -> {});
    Path first = shard(0, 9);
    Path second = shard(10, 19);
    assertThat(ask("SELECT count(*) FROM metrics")).containsExactly("[20]");
    shard(0, 19);
    assertThat(ask("SELECT count(*) FROM metrics")).containsExactly("[20]");
    Files.delete(first);
    Files.delete(second);
    assertThat(ask("SELECT count(*) FROM metrics")).containsExactly("[20]");
  }

  @Test
  void aShardWhoseRowsCannotBeReadIsLeftOutAndNamed() throws Exception {
    builder.card(WRITER, START, card -> {});
    shard(0, 9);
    Path damaged = shard(10, 19);
    byte[] bytes = Files.readAllBytes(damaged);
    for (int i = 4; i < 200; i++) {
      bytes[i] ^= 0x55;
    }
    Files.write(damaged, bytes);
    assertThat(
            ask("SELECT count(*), sum(value)::BIGINT, max(row), max(step), max(name) FROM metrics"))
        .containsExactly("[10, 45, 9, 9, m]");
    assertThat(session.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("000000000010-000000000019"));
  }

  @Test
  void aShardThatEndsDuckDbIsLeftOutAndNamed() throws Exception {
    builder.card(WRITER, START, card -> {});
    shard(0, 999);
    DamagedShards.endDuckDb(shard(1000, 1999));
    String statement =
        "SELECT count(*), max(row), max(step), max(time), max(value)::BIGINT FROM metrics";
    assertThat(ask(statement)).singleElement().asString().startsWith("[1000, 999, ");
    assertThat(session.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("000000001000-"));
    shard(2000, 2009);
    assertThat(ask("SELECT count(*) FROM metrics")).containsExactly("[1010]");
  }

  @Test
  void everyStreamHasAViewAlsoOneThatIsNotWrittenYet() throws Exception {
    for (String view : List.of("metrics", "texts", "console", "system", "media", "alerts")) {
      assertThat(ask("SELECT count(project) FROM " + view)).containsExactly("[0]");
    }
    assertThat(ask("SELECT count(*) FROM (DESCRIBE media) WHERE column_name = 'caption'"))
        .containsExactly("[1]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY metrics TO '%s/x.csv'",
        "COPY (SELECT 1) TO '%s/x.csv'",
        "WITH x AS (COPY (SELECT 1) TO '%s/x.csv') FROM x",
        "WITH y AS (WITH x AS (COPY (SELECT 1) TO '%s/x.csv') FROM x) SELECT * FROM y",
        "SELECT (WITH x AS (COPY (SELECT 1) TO '%s/x.csv') SELECT count(*) FROM x)",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '%s/x.csv'",
        "EXPLAIN ANALYZE WITH x AS (COPY (SELECT 1) TO '%s/x.csv') FROM x",
        "FROM query('WITH x AS (COPY (SELECT 1) TO ''%s/x.csv'') FROM x')",
        "SELECT 1; COPY (SELECT 1) TO '%s/x.csv'",
        "WITH x AS (DELETE FROM ostraka_shards RETURNING *) FROM x",
        "WITH x AS (INSERT INTO runs SELECT * FROM runs RETURNING *) FROM x",
        "EXPORT DATABASE '%s/x.csv'",
        "ATTACH '%s/x.csv'",
        "CREATE TABLE x AS SELECT 1",
        "CREATE MACRO x() AS TABLE FROM query('SELECT 1')",
        "DROP VIEW metrics",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET VARIABLE ostraka_metrics = 'SELECT 1'",
        "RESET lock_configuration",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "CHECKPOINT",
        "FROM read_text('/etc/passwd')",
        "FROM READ_TEXT('/etc/passwd')",
        "FROM read_blob('%s/**')",
        "FROM read_csv('/etc/passwd')",
        "FROM glob('/etc/*')",
        "FROM '/etc/passwd'",
        "FROM '%s/x.csv'",
        "SELECT * FROM parquet_metadata('%s/x')",
        "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "FROM sniff_csv('/etc/passwd')",
        "FROM enable_logging()",
        "BEGIN",
        "",
        "/* nothing */",
      })
  void whatIsNoQuestionOfTheViewsIsRefusedInALine(String statement) throws Exception {
    String filled = statement.replace("%s", root.toString());
    SqlFailure failure = catchThrowableOfType(SqlFailure.class, () -> ask(filled));
    assertThat(failure).as(filled).isNotNull();
    assertThat(failure.getMessage()).doesNotContain("\n").doesNotContain("Exception");
    assertThat(root).isEmptyDirectory();
    assertThat(ask("SELECT count(*) FROM metrics")).containsExactly("[0]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1 AS one;",
        "SELECT 1 AS one ; -- so\n;",
        "/* a */ -- b\n SELECT 1 AS one /* c */",
        "SELECT 1 AS one -- d",
      })
  void aSemicolonAtTheEndAndCommentsAroundAreNoMistake(String statement) throws Exception {
    for (long limit : new long[] {1, Long.MAX_VALUE}) {
      List<String> rows = new ArrayList<>();
      session.run(statement, limit, collector(rows));
      assertThat(rows).containsExactly("[1]");
    }
    assertThat(ask("/* why? */ EXPLAIN SELECT 1;").toString()).contains("Projection");
    assertThatThrownBy(() -> ask("/* so */ DROP VIEW metrics;"))
        .isInstanceOf(SqlFailure.class)
        .hasMessageStartingWith("DROP is refused");
    assertThatThrownBy(() -> ask("SELECT 1; SELECT 2;"))
        .isInstanceOf(SqlFailure.class)
        .hasMessage("There are 2 statements; ask one at a time");
  }

  @Test
  void whatIsWrongIsShownAtItsPlaceInTheStatementAsItWasWritten() {
    for (long limit : new long[] {10, Long.MAX_VALUE}) {
      assertThatThrownBy(
              () -> session.run(" SELECT 1,\n  nope\nFROM metrics", limit, collector(List.of())))
          .isInstanceOfSatisfying(
              SqlFailure.class,
              failure -> {
                assertThat(failure.getMessage()).contains("\"nope\" not found", "DESCRIBE");
                assertThat(failure.where().get(0)).isEqualTo("LINE 2:   nope");
                assertThat(failure.where().get(1).strip()).isEqualTo("^^^^");
              });
    }
  }

  @Test
  void aBillionRowsAreCutAndNeverMade() throws Exception {
    long before = System.nanoTime();
    List<String> rows = new ArrayList<>();
    session.run("FROM range(1000000000000)", 5, collector(rows));
    assertThat(rows).containsExactly("[0]", "[1]", "[2]", "[3]", "[4]");
    session.run("SELECT * FROM range(9) ORDER BY range DESC", 2, collector(rows));
    assertThat(rows).endsWith("[8]", "[7]");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(60));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) FROM range(1000000000000)",
        "WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT count(*) FROM t",
        "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b",
        "SELECT [count(*)] FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3",
      })
  void whatNeverEndsIsEnded(String statement) throws Exception {
    assertThatItIsEnded(SqlSettings.ofACommand(), statement);
    assertThatItIsEnded(SqlSettings.ofAViewer(), statement);
  }

  private void assertThatItIsEnded(SqlSettings settings, String statement) throws Exception {
    SqlSettings hasty = settings.withTimeLimit(Duration.ofMillis(300));
    try (SqlSession limited = SqlSession.open(store, hasty)) {
      assertThatThrownBy(() -> limited.run(statement, 10, collector(new ArrayList<>())))
          .isInstanceOf(SqlFailure.class)
          .hasMessageContaining("was ended");
      List<String> rows = new ArrayList<>();
      limited.run("SELECT 1", 10, collector(rows));
      assertThat(rows).containsExactly("[1]");
    }
  }

  @Test
  void formatsKeepWhatIsHardToWrite() throws Exception {
    String hard =
        "SELECT 'a,\"b\"|c' AS t, 'nan'::DOUBLE AS x, NULL AS n, '' AS e, [1, 2] AS l, {'k': 'v'} AS s,"
            + " TIMESTAMPTZ '2026-01-02 03:04:05.5+00' AS time, 1.5::FLOAT AS f, 1 AS t";
    assertThat(text(hard, RowFormat.CSV))
        .isEqualTo(
            "t,x,n,e,l,s,time,f,t\n\"a,\"\"b\"\"|c\",NaN,,\"\",\"[1,2]\",\"{\"\"k\"\":\"\"v\"\"}\",2026-01-02T03:04:05.500Z,1.5,1\n");
    assertThat(text(hard, RowFormat.JSONL))
        .isEqualTo(
            "{\"t\":\"a,\\\"b\\\"|c\",\"x\":\"NaN\",\"n\":null,\"e\":\"\",\"l\":[1,2],\"s\":{\"k\":\"v\"},\"time\":\"2026-01-02T03:04:05.500Z\",\"f\":1.5,\"t_2\":1}\n");
    assertThat(text("SELECT 1 WHERE false", RowFormat.JSON)).isEqualTo("[]\n");
    assertThat(text("SELECT 'a|b' AS x, 12 AS n", RowFormat.MARKDOWN))
        .isEqualTo("| x    |   n |\n| ---- | --: |\n| a\\|b |  12 |\n");
    assertThat(text("SELECT 'a\nb' AS x", RowFormat.TABLE)).isEqualTo("x\n───\na⏎b\n");
    assertThat(text("SELECT '学習率' AS x, 1 AS n", RowFormat.TABLE))
        .isEqualTo("x       n\n──────  ─\n学習率  1\n");
  }

  @Test
  void anAnswerIsWrittenAsParquetToTheOneFileThatMayBe() throws Exception {
    Path file = folder.resolve("it's.parquet");
    try (SqlSession writing = SqlSession.open(store, SqlSettings.ofACommand().withOutput(file))) {
      assertThat(writing.writeParquet("SELECT range AS a FROM range(1000)", ALL, file))
          .isEqualTo(1000);
      assertThat(writing.writeParquet("FROM range(1000) -- so", 7, file)).isEqualTo(7);
      assertThat(writing.writeParquet("SELECT 1 AS a -- so", ALL, file)).isEqualTo(1);
      assertThat(Files.size(file)).isPositive();
      Path other = folder.resolve("other.parquet");
      assertThatThrownBy(() -> writing.writeParquet("SELECT 1 AS a", ALL, other))
          .isInstanceOf(SqlFailure.class)
          .hasMessageContaining("Permission Error");
      assertThat(other).doesNotExist();
    }
  }

  @Test
  void aDamagedShardInTheMiddleOfAStreamBeginsTheAnswerAnewWhereThatIsPossible() throws Exception {
    builder.card(WRITER, START, card -> {});
    shard(0, 199_999);
    Path damaged = shard(200_000, 299_999);
    byte[] bytes = Files.readAllBytes(damaged);
    for (int i = 4; i < bytes.length / 2; i++) {
      bytes[i] ^= 0x55;
    }
    SqlSettings usual = SqlSettings.ofACommand();
    SqlSettings oneThread =
        new SqlSettings(
            1,
            usual.memoryLimitBytes(),
            usual.spillLimitBytes(),
            usual.temporary(),
            usual.timeLimit(),
            false,
            true,
            usual.output());
    Counter patient = new Counter(true);
    Counter hasty = new Counter(false);
    Files.write(damaged, bytes);
    try (SqlSession streamed = SqlSession.open(store, oneThread)) {
      assertThatThrownBy(() -> streamed.run("FROM metrics", Long.MAX_VALUE, hasty))
          .isInstanceOf(SqlFailure.class)
          .hasMessageContaining("ask again and it is left out");
    }
    assertThat(hasty.count).as("rows that came before").isPositive();
    try (SqlSession streamed = SqlSession.open(store, oneThread)) {
      streamed.run("FROM metrics", Long.MAX_VALUE, patient);
      assertThat(streamed.problems()).hasSize(1);
    }
    assertThat(patient.begun).isEqualTo(2);
    assertThat(patient.count).isEqualTo(200_000);
  }

  @Test
  void foldersAboveTheRootAreNoColumns() throws Exception {
    Path odd = Files.createDirectories(folder.resolve("name=x/step=7/run=3/it's"));
    Path temporary = Files.createDirectories(folder.resolve("temporary"));
    SqlSettings usual = SqlSettings.ofACommand();
    SqlSettings here =
        new SqlSettings(
            1,
            usual.memoryLimitBytes(),
            usual.spillLimitBytes(),
            temporary,
            usual.timeLimit(),
            false,
            true,
            usual.output());
    List<String> rows = new ArrayList<>();
    try (RootBuilder above = RootBuilder.at(odd);
        ShardStore below = LocalShardStore.open(odd)) {
      above.card(WRITER, START, card -> {});
      above.shard(WRITER, Stream.METRICS, List.of(new RootBuilder.Row(0, 5, 0, "m", 1)));
      try (SqlSession asked = SqlSession.open(below, here)) {
        asked.run("SELECT project, run, step, name FROM metrics", 9, collector(rows));
      }
    }
    assertThat(rows).containsExactly("[p's, a b, 5, m]");
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aSessionOverSomeRunsHasNoOthers() throws Exception {
    builder.card(WRITER, START, card -> {});
    shard(0, 9);
    try (SqlSession none = SqlSession.open(store, SqlSettings.ofACommand(), run -> false)) {
      List<String> rows = new ArrayList<>();
      none.run(
          "SELECT count(*) FROM metrics UNION ALL SELECT count(*) FROM runs", 9, collector(rows));
      assertThat(rows).containsExactly("[0]", "[0]");
    }
  }

  @Test
  void aTableOfOursHasTheTypesThatItIsGiven() throws Exception {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    rows.addObject().put("a \"b", 1).put("x", "NaN").put("t", "2026-01-02T03:04:05Z");
    rows.addObject().put("x", 0.1);
    Map<String, String> types = new LinkedHashMap<>();
    types.put("a \"b", "BIGINT");
    types.put("x", "DOUBLE");
    types.put("t", "TIMESTAMPTZ");
    session.define("ours", types, rows);
    assertThat(text("FROM ours", RowFormat.CSV))
        .isEqualTo("\"a \"\"b\",x,t\n1,NaN,2026-01-02T03:04:05Z\n,0.1,\n");
  }

  @Test
  void wideColumnsHaveTheLastValueOfAStep() throws Exception {
    builder.card(WRITER, START, card -> {});
    long micros = START.toEpochMilli() * 1000;
    builder.shard(
        WRITER,
        Stream.METRICS,
        List.of(
            new RootBuilder.Row(2, 5, micros, "Loss", 3),
            new RootBuilder.Row(0, 5, micros, "loss", 1),
            new RootBuilder.Row(1, 5, micros, "loss", Double.NaN),
            new RootBuilder.Row(3, 6, micros, "step", 4)));
    assertThat(exported(ExportQuery.wide(List.of("Loss", "loss", "step", "it's")), RowFormat.CSV))
        .isEqualTo(
            """
            project,run,name,rank,step,time,Loss,metric.loss,metric.step,it's
            p's,a b,a b,0,5,2026-01-02T03:04:05Z,3.0,NaN,,
            p's,a b,a b,0,6,2026-01-02T03:04:05Z,,,4.0,
            """);
    assertThat(exported(ExportQuery.metrics(List.of("loss")), RowFormat.CSV))
        .contains("p's,a b,a b,0,r000000-0000000000000001,1,5,2026-01-02T03:04:05Z,loss,NaN\n")
        .hasLineCount(3);
  }

  /** Counts rows, and can forget them or not. */
  private static final class Counter implements Rows {
    private final boolean canForget;
    private int begun;
    private long count;

    Counter(boolean canForget) {
      this.canForget = canForget;
    }

    @Override
    public void columns(List<SqlColumn> columns) {
      begun++;
      count = 0;
    }

    @Override
    public boolean row(List<@Nullable Object> values) {
      count++;
      return true;
    }

    @Override
    public boolean again() {
      return canForget;
    }
  }

  private String text(String statement, RowFormat format) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowWriter writer = format.writer(out);
    session.run(statement, Long.MAX_VALUE, writer);
    writer.end();
    return out.toString(StandardCharsets.UTF_8);
  }

  private String exported(ExportQuery export, RowFormat format) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowWriter writer = format.writer(out);
    session.export(export, writer);
    writer.end();
    return out.toString(StandardCharsets.UTF_8);
  }

  private Path shard(long first, long last) throws IOException {
    List<RootBuilder.Row> rows = new ArrayList<>();
    for (long row = first; row <= last; row++) {
      rows.add(new RootBuilder.Row(row, row, START.toEpochMilli() * 1000 + row, "m", row));
    }
    return builder.shard(WRITER, Stream.METRICS, rows);
  }

  private List<String> ask(String statement) throws IOException, SqlFailure {
    List<String> rows = new ArrayList<>();
    session.run(statement, Long.MAX_VALUE, collector(rows));
    return rows;
  }

  private static Rows collector(List<String> to) {
    return new Rows() {
      @Override
      public void columns(List<SqlColumn> columns) {
        assertThat(columns).isNotEmpty();
      }

      @Override
      public boolean row(List<@Nullable Object> values) {
        to.add(values.toString());
        return true;
      }
    };
  }
}
