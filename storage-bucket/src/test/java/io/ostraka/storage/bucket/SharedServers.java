package io.ostraka.storage.bucket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the one SeaweedFS of this test run to whoever wants it; each test has its own root. */
final class SharedServers implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == S3Server.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(SharedServers.class))
        .getOrComputeIfAbsent(Started.class, key -> new Started(), Started.class)
        .server;
  }

  /** Ends with the test run. */
  private static final class Started implements AutoCloseable {
    private final S3Server server;

    Started() {
      try {
        server = S3Server.seaweed(Files.createTempDirectory("ostraka-s3"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
