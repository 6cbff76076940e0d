package io.ostraka.drain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AliveLockTest {
  @TempDir private Path folder;

  @Test
  void aLockIsHeldOnceUntilItIsClosed() throws IOException {
    Path file = folder.resolve("a.alive");
    try (AliveLock lock = AliveLock.tryLock(file).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(AliveLock.isHeld(file)).isTrue();
      assertThat(AliveLock.tryLock(file)).isEmpty();
    }
    assertThat(AliveLock.isHeld(file)).isFalse();
    assertThat(AliveLock.isHeld(folder.resolve("absent"))).isFalse();
  }

  @Test
  void whoHoldsALockMayAskForItAndOtherProcessesSeeItStill() throws Exception {
    Path file = folder.resolve("a.alive");
    try (AliveLock lock = AliveLock.tryLock(file).orElseThrow()) {
      assertThat(lock).isNotNull();
      // Opening and closing the file here would drop the lock of this process.
      assertThat(AliveLock.isHeld(file)).isTrue();
      assertThat(AliveLock.tryLock(file)).isEmpty();
      assertThat(heldForOthers(file)).isTrue();
    }
    assertThat(heldForOthers(file)).isFalse();
  }

  /** What another process sees. */
  private static boolean heldForOthers(Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Asks.class.getName(),
                    file.toString()))
            .redirectError(new File("/dev/null"))
            .start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.exists(file)).isTrue();
    return Boolean.parseBoolean(answer.strip());
  }

  /** Another process. */
  static final class Asks {
    private Asks() {}

    public static void main(String[] arguments) throws IOException {
      System.out.println(AliveLock.isHeld(Path.of(arguments[0])));
    }
  }
}
