package io.ostraka.viewer.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import io.ostraka.query.Query;
import io.ostraka.query.QuerySettings;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.viewer.Viewer;
import io.ostraka.viewer.ViewerSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A viewer of a root and a browser before it, which keeps what the page asked for and complained
 * of.
 */
final class Browsing implements AutoCloseable {
  /** Where the pictures go that a person looks at. */
  private static final Path PICTURES = Path.of("target", "page-pictures");

  private final LocalShardStore store;
  private final Query query;
  private final Viewer viewer;
  private final Playwright playwright;
  private final Browser browser;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  Browsing(Path root) throws IOException {
    store = LocalShardStore.open(root);
    query = Query.open(store, QuerySettings.defaults().withFreshness(Duration.ZERO));
    viewer =
        Viewer.start(
            query, new ViewerSettings("127.0.0.1", 0, Set.of(), "test", Clock.systemUTC()));
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium())
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync")));
  }

  private static Path chromium() {
    String named = System.getenv("OSTRAKA_CHROMIUM");
    Path path = Path.of(named == null || named.isEmpty() ? "/usr/bin/chromium" : named);
    if (!Files.isExecutable(path)) {
      throw new IllegalStateException(
          "Found no Chromium at " + path + "; install it or name it with OSTRAKA_CHROMIUM");
    }
    return path;
  }

  /** Opens the page at a query string in a window of its own. */
  Page open(String queryString, ColorScheme scheme) {
    requests.clear();
    complaints.clear();
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions().setViewportSize(1440, 900).setColorScheme(scheme));
    context.setDefaultTimeout(30_000);
    Page page = context.newPage();
    page.onRequest(request -> requests.add(request.url()));
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.onDialog(
        dialog -> {
          complaints.add("dialog: " + dialog.message());
          dialog.dismiss();
        });
    page.navigate(address() + queryString);
    return page;
  }

  URI address() {
    return viewer.address().resolve("/");
  }

  /** The addresses asked for since the page was opened. */
  List<String> requests() {
    return requests;
  }

  /** What the browser's console and the page itself complained of since the page was opened. */
  List<String> complaints() {
    return complaints;
  }

  void forgetRequests() {
    requests.clear();
  }

  /** Keeps a picture of the page for a person to look at. */
  static void picture(Page page, String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
  }

  @Override
  public void close() throws IOException {
    browser.close();
    playwright.close();
    viewer.close();
    query.close();
  }
}
