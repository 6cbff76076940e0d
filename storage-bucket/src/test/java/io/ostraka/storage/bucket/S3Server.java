package io.ostraka.storage.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.storage.bucket.BucketSettings.AccessKeys;
import io.ostraka.storage.bucket.BucketSettings.Patience;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A real S3 server on this machine for tests, installed by the project's own script. */
final class S3Server implements AutoCloseable {
  static final String BUCKET = "runs";
  static final AccessKeys KEYS = new AccessKeys("ostraka", "ostraka-secret", Optional.empty());

  /** Patient with a busy machine, and quick to try again. */
  static final Patience PATIENCE =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          5,
          Duration.ofMillis(20),
          Duration.ofMillis(200));

  private static final Patience ONCE =
      new Patience(
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          1,
          Duration.ZERO,
          Duration.ZERO);
  private static final Duration START = Duration.ofSeconds(90);
  private static final int STARTS = 3;

  private final Process process;
  private final int port;
  private final Path log;

  private S3Server(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /** SeaweedFS, with a bucket and one who may do everything. */
  static S3Server seaweed(Path folder) throws IOException {
    return seaweed(folder, identity(KEYS, "\"Admin\""));
  }

  /** SeaweedFS with identities of its own, of which the first one may write. */
  static S3Server seaweed(Path folder, String... identities) throws IOException {
    return start("weed", folder, "{\"identities\":[" + String.join(",", identities) + "]}");
  }

  /**
   * SeaweedFS with one who may do everything, and others who may do what a policy of their name
   * allows.
   */
  static S3Server seaweed(Path folder, Map<AccessKeys, String> policies) throws IOException {
    ObjectNode configuration = JsonNodeFactory.instance.objectNode();
    ArrayNode identities = configuration.putArray("identities");
    addIdentity(identities, KEYS).putArray("actions").add("Admin");
    ArrayNode listed = configuration.putArray("policies");
    policies.forEach(
        (keys, policy) -> {
          addIdentity(identities, keys).putArray("policyNames").add(keys.id());
          listed.addObject().put("name", keys.id()).put("content", policy);
        });
    return start("weed", folder, configuration.toString());
  }

  private static ObjectNode addIdentity(ArrayNode identities, AccessKeys keys) {
    ObjectNode identity = identities.addObject().put("name", keys.id());
    identity
        .putArray("credentials")
        .addObject()
        .put("accessKey", keys.id())
        .put("secretKey", keys.secret());
    return identity;
  }

  /** Someone that SeaweedFS knows. */
  static String identity(AccessKeys keys, String actions) {
    return """
        {"name":"%s","credentials":[{"accessKey":"%s","secretKey":"%s"}],"actions":[%s]}"""
        .formatted(keys.id(), keys.id(), keys.secret(), actions);
  }

  /** The server of rclone, which ignores conditions. */
  static S3Server rclone(Path folder) throws IOException {
    return start("rclone", folder, "");
  }

  private static S3Server start(String program, Path folder, String configuration)
      throws IOException {
    for (int i = 1; ; i++) {
      S3Server server = launch(program, Files.createTempDirectory(folder, program), configuration);
      try {
        server.awaitReady();
        return server;
      } catch (IOException e) {
        server.close();
        if (i == STARTS) {
          throw e; // Else another process took one of its ports meanwhile.
        }
      }
    }
  }

  private static S3Server launch(String program, Path folder, String configuration)
      throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Path config = Files.writeString(folder.resolve("s3.json"), configuration);
    List<Integer> ports = freePorts();
    List<String> command =
        program.equals("weed") ? weed(data, config, ports) : rclone(data, ports.get(0));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    S3Server server = new S3Server(process, ports.get(0), log);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    return server;
  }

  private static List<String> weed(Path data, Path config, List<Integer> ports) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(programs().resolve("weed").toString());
    command.add("mini");
    command.add("-dir=" + data);
    command.add("-s3.config=" + config);
    command.add("-bucket=" + BUCKET);
    for (String option :
        List.of(
            "ip=127.0.0.1",
            "ip.bind=127.0.0.1",
            "webdav=false",
            "admin.ui=false",
            "master.telemetry=false",
            "s3.port.iceberg=0",
            "s3.port.lance=0")) {
      command.add("-" + option);
    }
    List<String> roles = List.of("s3", "master", "volume", "filer", "admin");
    for (int i = 0; i < roles.size(); i++) {
      command.add("-" + roles.get(i) + ".port=" + ports.get(2 * i));
      command.add("-" + roles.get(i) + ".port.grpc=" + ports.get(2 * i + 1));
    }
    return command;
  }

  private static List<String> rclone(Path data, int port) throws IOException {
    Files.createDirectory(data.resolve(BUCKET));
    return List.of(
        programs().resolve("rclone").toString(),
        "serve",
        "s3",
        data.toString(),
        "--addr",
        "127.0.0.1:" + port,
        "--force-path-style=true",
        "--auth-key",
        KEYS.id() + "," + KEYS.secret());
  }

  private static Path programs() throws IOException {
    Path script = Path.of(System.getProperty("ostraka.repository"), "e2e", "s3-servers.sh");
    Process process =
        new ProcessBuilder(script.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String folder = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(script + " did not end well");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return Path.of(folder);
  }

  private static List<Integer> freePorts() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  private void awaitReady() throws IOException {
    long deadline = System.nanoTime() + START.toNanos();
    while (!isReady()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("The S3 server did not start: " + Files.readString(log));
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  /** Whether it takes an object, which is later than that it listens. */
  private boolean isReady() {
    BucketSettings settings = settings(endpoint(), log.resolveSibling("cache"), ONCE);
    try (BucketStores stores = new BucketStores(settings, line -> {})) {
      stores.open(URI.create("s3://" + BUCKET + "/ready")).replace("ready", new byte[1]);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** A root that nothing lies in. */
  static URI newRoot() {
    return URI.create("s3://" + BUCKET + "/some%20where/" + UUID.randomUUID());
  }

  /** Settings for a server at an address. */
  static BucketSettings settings(URI endpoint, Path cache, Patience patience) {
    return settings(endpoint, cache, patience, Optional.of(KEYS));
  }

  /** The same for someone else; without keys for nobody in particular. */
  static BucketSettings settings(
      URI endpoint, Path cache, Patience patience, Optional<AccessKeys> keys) {
    return new BucketSettings(
        Optional.of("us-east-1"),
        Optional.of(endpoint),
        Optional.empty(),
        Optional.empty(),
        keys,
        keys.isEmpty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        cache,
        BucketSettings.CACHE_BYTES,
        patience);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
