package io.ostraka.bench;

import io.ostraka.query.Query;
import io.ostraka.query.QuerySettings;
import io.ostraka.storage.local.LocalShardStore;
import io.ostraka.store.ShardStore;
import io.ostraka.viewer.Viewer;
import io.ostraka.viewer.ViewerSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Charts of a whole metric in 1,000 bins as a page gets them: over HTTP and compressed, of a viewer
 * of its own, which knows nothing of the root at first.
 */
final class Charts implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final String project;
  private final ShardStore store;
  private final Query query;
  private final Viewer viewer;

  private Charts(String project, ShardStore store, Query query, Viewer viewer) {
    this.project = project;
    this.store = store;
    this.query = query;
    this.viewer = viewer;
  }

  static Charts of(Path root, String project) throws IOException {
    ShardStore store = LocalShardStore.open(root);
    Query query = Query.open(store, QuerySettings.defaults());
    ViewerSettings settings =
        new ViewerSettings("127.0.0.1", 0, Set.of(), project, Clock.systemUTC());
    return new Charts(project, store, query, Viewer.start(query, settings));
  }

  /** One chart of a metric of some runs; gives the length of the compressed answer. */
  Timing.Work chart(List<String> runs, String metric) {
    String path =
        "/api/v1/series?project=%s&metric=%s&%s"
            .formatted(
                project,
                metric,
                runs.stream().map(run -> "run=" + run).collect(Collectors.joining("&")));
    HttpRequest get =
        HttpRequest.newBuilder(viewer.address().resolve(path))
            .header("Accept-Encoding", "gzip")
            .build();
    return () -> {
      HttpResponse<byte[]> answer = client.send(get, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new IOException("The viewer answers " + answer.statusCode());
      }
      return answer.body().length;
    };
  }

  @Override
  public void close() {
    viewer.close();
    query.close();
    store.close();
  }
}
