package io.ostraka.viewer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.query.RootBuilder;
import io.ostraka.viewer.ClusterRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Distributed, resumed and forked runs, and very many metrics, as the page shows them. */
final class ClusterPageTest {
  private static final int MANY = 100_000;

  @TempDir static Path root;

  private static RootBuilder builder;
  private static Browsing browsing;

  @BeforeAll
  static void makeRoot() throws Exception {
    builder = RootBuilder.at(root);
    ClusterRoot.make(root, builder, Instant.now());
    makeMany("many", "'layer/' || printf('%06d', i)");
    makeMany("sections", "printf('layer%03d/%02d', i // 100, i % 100)");
    browsing = new Browsing(root);
    PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
  }

  private static void makeMany(String project, String name) throws Exception {
    WriterKey many = new WriterKey(new RunKey(project, "names"), WriterId.of(0, 1));
    builder.end(many, Instant.now().minusSeconds(60), card -> {});
    builder.shard(
        many,
        Stream.METRICS,
        new ShardName(0, 2L * MANY - 1),
        """
        SELECT step * %1$d + i AS row, step, make_timestamptz(1795250000000000 + row) AS time,
               %2$s AS name, row AS value
        FROM range(2) s(step), range(%1$d) t(i) ORDER BY name, step, row
        """
            .formatted(MANY, name));
  }

  @AfterAll
  static void close() throws Exception {
    browsing.close();
    builder.close();
  }

  @AfterEach
  void nothingWasComplainedOf() {
    assertThat(browsing.complaints()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void showsWhichRanksAreInTroubleAndWhen(ColorScheme scheme) {
    try (Page page = browsing.open("?project=cluster&run=llm", scheme)) {
      assertThat(page.locator(".rank-cell")).hasCount(64);
      assertThat(page.locator(".rank-cell-failed")).hasCount(2);
      assertThat(page.locator(".rank-cell-failed").first())
          .hasAttribute("aria-label", Pattern.compile("rank 17 of 64 .*: failed .*process died"));
      assertThat(page.locator(".rank-cell-stalled")).hasCount(1);
      assertThat(page.locator(".rank-words")).containsText("ranks 17, 18");
      assertThat(page.locator(".rank-words")).containsText("1 stalled");
      assertThat(page.locator(".table tbody tr[id]").first()).containsText("failed");
      Browsing.picture(page, "cluster-" + scheme);

      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Rank").setExact(true))
          .click();
      assertThat(page.locator(".table tbody tr[id]").first()).containsText("0 of 64");

      page.locator(".rank-cell").first().focus();
      page.keyboard().press("ArrowRight");
      page.keyboard().press("ArrowRight");
      assertThat(page.locator(".rank-cell:focus"))
          .hasAttribute("aria-label", Pattern.compile("rank 2 of 64.*"));
      page.keyboard().press("End");
      assertThat(page.locator(".rank-cell:focus"))
          .hasAttribute("aria-label", Pattern.compile("rank 63 of 64.*"));
    }
  }

  @Test
  void aResumedRunIsALineForEachRankAndSaysWhereItWentOn() {
    try (Page page = browsing.open("?project=cluster&run=resumed", ColorScheme.LIGHT)) {
      assertThat(page.locator(".run-head")).containsText("resumed at step 1,200");
      assertThat(page.getByText("1,234 points dropped.")).isVisible();
      assertThat(page.locator(".rank-cell")).hasCount(2);
      assertThat(page.locator(".earlier summary")).containsText("4 earlier processes");
      page.locator(".earlier summary").click();
      assertThat(page.getByText("hidden from step 1,200 on")).hasCount(4);
      page.locator(".metric-row").first().hover();
      assertThat(page.locator(".metric-row")).hasCount(2);
      Browsing.picture(page, "resumed");

      page.navigate(browsing.address() + "?project=cluster&run=resumed&tab=charts&ranks=each");
      assertThat(page.locator(".legend li")).hasCount(4);
    }
  }

  @Test
  void aForkedRunNamesItsParentAndTheStep() {
    try (Page page = browsing.open("?project=cluster&run=forked", ColorScheme.DARK)) {
      assertThat(page.locator(".origin")).hasText("forked from vit-resumed at step 1,000");
      Browsing.picture(page, "forked");
      page.locator(".origin a").click();
      assertThat(page.locator(".run-head h1")).containsText("vit-resumed");
      assertThat(page.locator(".facts")).not().hasCount(0);
      assertThat(page.getByText("vit-higher-rate")).isVisible();

      page.navigate(browsing.address() + "?project=cluster&run=orphan");
      assertThat(page.locator(".origin")).containsText("gone, which is not there any more");
    }
  }

  @Test
  void whatPeopleEditAppearsByItself() throws Exception {
    WriterKey writer = new WriterKey(new RunKey("edited", "run"), WriterId.of(0, 7));
    builder.end(writer, Instant.now().minusSeconds(600), card -> card.put("name", "before"));
    WriterKey other = new WriterKey(new RunKey("edited", "other"), WriterId.of(0, 8));
    builder.end(other, Instant.now().minusSeconds(600), card -> {});
    try (Page page = browsing.open("?project=edited&run=run", ColorScheme.LIGHT)) {
      assertThat(page.locator(".run-head h1")).containsText("before");
      Path meta = root.resolve(writer.run().metaKey());
      Files.writeString(
          meta, "{\"name\": \"after\", \"notes\": \"a finding\", \"tags\": [\"best\"]}");
      assertThat(page.locator(".run-head h1")).containsText("after");
      assertThat(page.getByText("a finding")).isVisible();
      assertThat(page.locator(".facts .tag")).hasText("best");
      Files.writeString(meta, "{\"deleted_at\": \"2026-11-20T00:00:00Z\"}");
      assertThat(page.getByText("No such run")).isVisible();
    }
    // The page may have asked for something of the run in the moment in which it went.
    browsing.complaints().removeIf(complaint -> complaint.contains("404"));
  }

  @Test
  void aHundredThousandMetricsInAThousandSectionsAreToo() {
    try (Page page = browsing.open("?project=sections", ColorScheme.LIGHT)) {
      assertThat(page.locator("[aria-label='layer000/00'] canvas")).isVisible();
      assertThat(page.locator(".section")).hasCount(500);
      assertThat(page.locator(".panel").count()).isLessThan(40);
      page.locator("main").evaluate("main => main.scrollTo(0, main.scrollHeight)");
      assertThat(page.locator("[aria-label='layer499/99'] canvas")).isVisible();
      assertThat(page.locator(".panel").count()).isLessThan(40);
      page.locator("#metric-search").fill("layer876/05");
      assertThat(page.locator("[aria-label='layer876/05'] canvas")).isVisible();
    }
  }

  @Test
  void aHundredThousandMetricsAreAsUsableAsAFew() {
    try (Page page = browsing.open("?project=many&run=names&tab=charts", ColorScheme.LIGHT)) {
      assertThat(page.locator(".section-count")).hasText("100,000");
      assertThat(page.locator("[aria-label='layer/000000'] canvas")).isVisible();
      assertThat(page.locator(".panel").count()).isLessThan(40);
      page.locator("main").evaluate("main => main.scrollTo(0, main.scrollHeight)");
      assertThat(page.locator("[aria-label='layer/099999'] canvas")).isVisible();
      assertThat(page.locator(".panel").count()).isLessThan(40);
      Browsing.picture(page, "many");
      page.locator("#metric-search").fill("layer/054321");
      assertThat(page.locator(".panel")).hasCount(1);
      assertThat(page.locator("[aria-label='layer/054321'] canvas")).isVisible();

      page.navigate(browsing.address() + "?project=many&run=names");
      assertThat(page.locator(".box h2 .section-count").first()).isVisible();
      assertThat(page.locator(".metric-row").first()).containsText("layer/000000");
      assertThat(page.locator(".metric-row").count()).isLessThan(40);
    }
  }
}
