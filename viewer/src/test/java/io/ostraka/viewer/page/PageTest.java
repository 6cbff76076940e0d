package io.ostraka.viewer.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import io.ostraka.RunKey;
import io.ostraka.ShardName;
import io.ostraka.Stream;
import io.ostraka.WriterId;
import io.ostraka.WriterKey;
import io.ostraka.query.RootBuilder;
import io.ostraka.query.RootBuilder.Row;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PageTest {
  private static final String HOSTILE = "<img src=x onerror=alert(1)>";
  private static final Instant STARTED = Instant.parse("2026-11-20T09:30:00Z");
  private static final int STEPS = 20_000;
  private static final int SPIKE_STEP = 7_777;

  @TempDir static Path root;

  private static RootBuilder builder;
  private static Browsing browsing;

  @BeforeAll
  static void makeRoot() throws Exception {
    builder = RootBuilder.at(root);
    for (int i = 0; i < 5; i++) {
      curves(writer("digits", "run-" + i, 0), i, "mlp-" + (16 << i), i != 2);
    }
    for (int rank = 0; rank < 4; rank++) {
      curves(writer("digits", "ranks", rank), 5 + rank, "four-ranks", true);
    }
    WriterKey cut = writer("digits", "run-0", 0);
    Path damaged = root.resolve(cut.shardKey("texts", new ShardName(0, 9)));
    Files.createDirectories(damaged.getParent());
    Files.writeString(damaged, "PAR1, and then the power went");

    WriterKey hostile = writer(HOSTILE, HOSTILE, 0);
    builder.card(
        hostile,
        STARTED,
        card -> {
          card.put("name", HOSTILE).put("group", HOSTILE).put("notes", HOSTILE);
          card.putArray("tags").add(HOSTILE);
          card.putObject("config").put(HOSTILE, HOSTILE);
        });
    builder.shard(hostile, Stream.METRICS, rows(HOSTILE, 0, 40));
    browsing = new Browsing(root);
  }

  @AfterAll
  static void close() throws Exception {
    browsing.close();
    builder.close();
  }

  @AfterEach
  void nothingWasComplainedOfAndNobodyElseAsked() {
    assertThat(browsing.complaints()).isEmpty();
    assertThat(browsing.requests())
        .allSatisfy(
            url ->
                assertThat(URI.create(url).getAuthority())
                    .isEqualTo(browsing.address().getAuthority()));
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void showsRunsAndTheirCharts(ColorScheme scheme) {
    try (Page page = browsing.open("?project=digits&smooth=0.6", scheme)) {
      assertThat(page.locator(".run")).hasCount(6);
      assertThat(page.locator(".run [aria-label=failed]")).hasCount(1);
      assertThat(panel(page, "train/loss").locator("canvas")).isVisible();
      assertThat(page.getByText("1 file left out")).isVisible();
      page.waitForCondition(() -> drawn(panel(page, "train/loss")));
      page.waitForCondition(() -> drawn(panel(page, "val/accuracy")));
      Browsing.picture(page, "project-" + scheme);

      page.navigate(browsing.address() + "?project=digits&run=ranks&tab=charts&ranks=each");
      assertThat(page.locator(".legend li")).hasCount(4);
      page.waitForCondition(() -> drawn(panel(page, "train/loss")));
      Browsing.picture(page, "ranks-" + scheme);

      page.navigate(browsing.address() + "?project=digits&run=run-2");
      assertThat(page.locator("pre")).hasText("CUDA error: out of memory");
      assertThat(page.locator(".row-failure")).hasText("CUDA error: out of memory");
      assertThat(page.getByText("0.30000000000000004")).isVisible();
      Browsing.picture(page, "run-" + scheme);
    }
  }

  @Test
  void asksOnceForAllRunsOfAPanelAndOnlyForPanelsInView() {
    try (Page page = browsing.open("?project=digits", ColorScheme.LIGHT)) {
      page.waitForCondition(() -> drawn(panel(page, "train/loss")));
      List<String> whole =
          browsing.requests().stream()
              .filter(url -> url.contains("/series?") && url.contains("metric=train%2Floss"))
              .filter(url -> !url.contains("above="))
              .toList();
      assertThat(whole).singleElement().asString().contains("run=run-0", "run=run-4", "run=ranks");
      assertThat(browsing.requests()).noneMatch(url -> url.contains("layer%2F19"));
      panel(page, "layer/19").scrollIntoViewIfNeeded();
      page.waitForCondition(() -> drawn(panel(page, "layer/19")));
    }
  }

  @Test
  void readsAZoomedRangeAgainAtFullResolutionAndFindsTheSpike() {
    try (Page page = browsing.open("?project=digits&metrics=train/loss", ColorScheme.LIGHT)) {
      Locator panel = panel(page, "train/loss");
      page.waitForCondition(() -> drawn(panel));
      BoundingBox plot = panel.locator(".u-over").boundingBox();
      double spike = plot.x + plot.width * SPIKE_STEP / STEPS;
      Response zoomed =
          page.waitForResponse(
              response -> response.url().contains("/series?") && response.url().contains("from="),
              () -> drag(page, spike - 5, spike + 5, plot.y + plot.height / 2));
      assertThat(zoomed.status()).isEqualTo(200);
      assertThat(head(zoomed)).contains("\"width\":1,");

      assertThat(page.locator(".chip-range")).containsText("Steps");
      assertThat(page).hasURL(Pattern.compile("from=7\\d+&to=[78]\\d+"));
      page.waitForCondition(
          () -> {
            // The spike is one step of about 900: the cursor looks for it pixel by pixel.
            BoundingBox over = panel.locator(".u-over").boundingBox();
            for (double x = over.x + over.width * 0.4; x < over.x + over.width * 0.6; x++) {
              page.mouse().move(x, over.y + over.height / 2);
              String tooltip = page.locator(".tooltip").allInnerTexts().toString();
              if (tooltip.contains("step 7,777")) {
                return tooltip.contains("mlp-16\t25");
              }
            }
            return false;
          });
      Browsing.picture(page, "zoom");

      page.mouse().dblclick(plot.x + 50, plot.y + 50);
      assertThat(page.locator(".chip-range")).hasCount(0);
    }
  }

  @Test
  void showsWhatIsLoggedWhileItIsOpenAndCatchesUpAfterItWasHidden() throws Exception {
    WriterKey writer = writer("live", "going", 0);
    builder.card(writer, Instant.now(), card -> card.put("name", "going"));
    builder.shard(writer, Stream.METRICS, rows("loss", 0, 10));
    try (Page page = browsing.open("?project=live", ColorScheme.DARK)) {
      Locator panel = panel(page, "loss");
      page.waitForCondition(() -> drawn(panel));
      assertThat(page.locator(".connection")).hasText("Live");
      assertThat(valueAtTheEnd(page, panel)).contains("step 9");

      builder.shard(writer, Stream.METRICS, rows("loss", 10, 20));
      page.waitForCondition(() -> valueAtTheEnd(page, panel).contains("step 19"));
      assertThat(browsing.requests()).anyMatch(url -> url.contains("above="));

      hide(page, true);
      browsing.forgetRequests();
      builder.shard(writer, Stream.METRICS, rows("loss", 20, 30));
      assertThat(browsing.requests()).isEmpty();
      hide(page, false);
      page.waitForCondition(() -> valueAtTheEnd(page, panel).contains("step 29"));
    }
  }

  @Test
  void showsHostileNamesAsText() {
    String name = URLEncoder.encode(HOSTILE, StandardCharsets.UTF_8);
    try (Page page = browsing.open("", ColorScheme.LIGHT)) {
      page.locator(".card", new Page.LocatorOptions().setHasText(HOSTILE)).click();
      assertThat(page.locator(".run-name")).hasText(HOSTILE);
      Locator panel = panel(page, HOSTILE);
      page.waitForCondition(() -> drawn(panel));
      assertThat(valueAtTheEnd(page, panel)).contains(HOSTILE);
      Browsing.picture(page, "hostile");

      page.navigate(browsing.address() + "?project=" + name + "&run=" + name);
      assertThat(page.locator(".run-head h1")).containsText(HOSTILE);
      assertThat(page.locator(".facts dt").getByText(HOSTILE)).isVisible();
      assertThat(page.locator("img")).hasCount(0);
      assertThat(page).hasTitle(HOSTILE + " · " + HOSTILE + " · Ostraka");
    }
  }

  @Test
  void keepsTheViewInTheAddress() {
    try (Page page = browsing.open("?project=digits", ColorScheme.LIGHT)) {
      assertThat(page.locator(".run")).hasCount(6);
      page.keyboard().press("/");
      page.keyboard().type("loss");
      page.keyboard().press("Escape");
      page.keyboard().press("Escape");
      page.keyboard().press("/");
      page.keyboard().type("^train");
      page.locator("main").click();
      page.keyboard().press("j");
      page.keyboard().press("x");
      page.getByText("Log", new Page.GetByTextOptions().setExact(true)).click();
      page.getByText("Relative", new Page.GetByTextOptions().setExact(true)).click();
      assertThat(page).hasURL(Pattern.compile("metrics=%5Etrain&x=relative&log=1&hide="));

      page.reload();
      assertThat(page.locator(".run-hidden")).hasCount(1);
      assertThat(page.locator("#metric-search")).hasValue("^train");
      assertThat(page.locator(".panel")).hasCount(2);
      assertThat(page.getByRole(AriaRole.RADIO, named("Relative"))).isChecked();
    }
  }

  @Test
  void helpsAndChangesItsTheme() {
    try (Page page = browsing.open("?project=digits", ColorScheme.LIGHT)) {
      assertThat(page.locator(".run")).hasCount(6);
      page.keyboard().press("?");
      assertThat(page.getByRole(AriaRole.DIALOG)).containsText("Keys and gestures");
      page.keyboard().press("Escape");
      assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);

      page.getByRole(AriaRole.BUTTON, named("Dark theme")).click();
      page.reload();
      assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
      page.getByRole(AriaRole.BUTTON, named("Light theme")).click();
      assertThat(page.locator("html")).not().hasAttribute("data-theme", Pattern.compile(".*"));
    }
  }

  @Test
  void saysAnErrorOnThePanelThatHasIt() {
    try (Page page = browsing.open("?project=nothing", ColorScheme.LIGHT)) {
      page.route(
          url -> url.contains("/series?") && url.contains("train%2Floss"),
          route ->
              route.fulfill(
                  new Route.FulfillOptions()
                      .setStatus(500)
                      .setContentType("application/json")
                      .setBody("{\"error\": \"Cannot read x.parquet: the disk is gone\"}")));
      page.navigate(browsing.address() + "?project=digits");
      LocatorAssertions error = assertThat(panel(page, "train/loss").getByRole(AriaRole.ALERT));
      error.containsText("Cannot read x.parquet: the disk is gone");
      page.waitForCondition(() -> drawn(panel(page, "train/accuracy")));
      page.unrouteAll();
      panel(page, "train/loss").getByText("Try again").click();
      page.waitForCondition(() -> drawn(panel(page, "train/loss")));
      // The browser itself writes failed requests to the console.
      assertThat(browsing.complaints()).allMatch(text -> text.contains("Failed to load resource"));
      browsing.complaints().clear();
    }
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  private static Locator panel(Page page, String metric) {
    return page.getByRole(
        AriaRole.ARTICLE, new Page.GetByRoleOptions().setName(metric).setExact(true));
  }

  /**
   * Whether a line is in the picture: some pixel of it is coloured, which axes and grid are not.
   */
  private static boolean drawn(Locator panel) {
    Locator canvas = panel.locator("canvas");
    return canvas.count() == 1
        && (boolean)
            canvas.evaluate(
                """
                canvas => {
                  const copy = new OffscreenCanvas(canvas.width, canvas.height)
                  const ctx = copy.getContext('2d', { willReadFrequently: true })
                  ctx.drawImage(canvas, 0, 0)
                  const { data } = ctx.getImageData(0, 0, copy.width, copy.height)
                  for (let i = 0; i < data.length; i += 4) {
                    const most = Math.max(data[i], data[i + 1], data[i + 2])
                    const least = Math.min(data[i], data[i + 1], data[i + 2])
                    if (data[i + 3] > 200 && most - least > 60) return true
                  }
                  return false
                }
                """);
  }

  /** What the tooltip says at the right end of a chart. */
  private static String valueAtTheEnd(Page page, Locator panel) {
    BoundingBox plot = panel.locator(".u-over").boundingBox();
    page.mouse().move(plot.x + plot.width / 2, plot.y + plot.height / 2);
    page.mouse().move(plot.x + plot.width - 2, plot.y + plot.height / 2);
    return page.locator(".tooltip").allInnerTexts().toString();
  }

  private static void drag(Page page, double from, double to, double y) {
    page.mouse().move(from, y);
    page.mouse().down();
    page.mouse().move((from + to) / 2, y);
    page.mouse().move(to, y);
    page.mouse().up();
  }

  /**
   * Makes the page believe that its tab was hidden or shown, which a browser without a screen
   * cannot do.
   */
  private static void hide(Page page, boolean hidden) {
    page.evaluate(
        """
        hidden => {
          Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
          document.dispatchEvent(new Event('visibilitychange'))
        }
        """,
        hidden);
  }

  /** The head of an answer of series as text. */
  private static String head(Response response) {
    byte[] body = response.body();
    int length = (body[0] & 0xff) | (body[1] & 0xff) << 8 | (body[2] & 0xff) << 16;
    return new String(body, 4, length, StandardCharsets.UTF_8);
  }

  private static WriterKey writer(String project, String run, int rank) {
    return new WriterKey(new RunKey(project, run), WriterId.of(rank, 77 + rank));
  }

  private static List<Row> rows(String metric, int from, int to) {
    List<Row> rows = new ArrayList<>();
    long start = STARTED.toEpochMilli() * 1000;
    for (int step = from; step < to; step++) {
      rows.add(new Row(step, step, start + step * 1_000_000L, metric, 1.0 / (step + 1)));
    }
    return rows;
  }

  /* 25 metrics: two curves of training, two of validation, the learning rate, and layers. */
  private static void curves(WriterKey writer, int seed, String name, boolean succeeds)
      throws Exception {
    Instant started = STARTED.plusSeconds(60L * seed);
    builder.end(
        writer,
        started,
        card -> {
          card.put("name", name)
              .put("group", seed % 2 == 0 ? "fast" : "slow")
              .put("host", "node-7");
          card.put("world_size", name.equals("four-ranks") ? 4 : 1);
          card.putObject("config").put("lr", 0.1 + 0.2).put("width", 16 << seed);
          card.putArray("command").add("python").add("train.py");
          if (!succeeds) {
            card.put("state", "failed").put("failure", "CUDA error: out of memory");
          }
        });
    int steps = name.equals("mlp-16") ? STEPS : 6_000 + 2_000 * (seed % 5);
    String query =
        """
        SELECT i AS row, i // 25 AS step, make_timestamptz(%d + (i // 25) * 90000) AS time, name,
          CASE WHEN name = 'train/loss' AND step = %d THEN 25.0
               WHEN name = 'train/loss' THEN 2.3 * exp(-step / %d.0) + 0.05 + noise * 0.08
               WHEN name = 'val/loss' THEN 2.4 * exp(-step / %d.0) + 0.12 + noise * 0.02
               WHEN name LIKE '%%accuracy' THEN 0.97 - 0.87 * exp(-step / %d.0) + noise * 0.02
               WHEN name = 'layer/3' AND step %% 977 = 13 THEN 'nan'::DOUBLE
               WHEN name = 'lr' THEN 0.001 * (1 + cos(step / 6400.0))
               ELSE 1.5 + sin(step / 2000.0 + %d) + noise / 4 END AS value
        FROM (
          SELECT i, i // 25 AS step, (hash(i, %d) %% 100000) / 50000.0 - 1 AS noise,
            CASE i %% 25 WHEN 0 THEN 'train/loss' WHEN 1 THEN 'train/accuracy' WHEN 2 THEN 'val/loss'
              WHEN 3 THEN 'val/accuracy' WHEN 4 THEN 'lr' ELSE 'layer/' || (i %% 25 - 5) END AS name
          FROM range(%d) t(i))
        ORDER BY name, step, row
        """
            .formatted(
                started.toEpochMilli() * 1000,
                SPIKE_STEP,
                2_000 + 500 * seed,
                1_900 + 500 * seed,
                1_700 + 500 * seed,
                seed,
                seed,
                steps * 25L);
    builder.shard(writer, Stream.METRICS, new ShardName(0, steps * 25L - 1), query);
  }
}
