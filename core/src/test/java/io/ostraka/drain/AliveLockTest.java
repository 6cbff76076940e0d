package io.ostraka.drain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

  @Test
  void aNewFileIsLockedFromTheMomentThatItHasItsName() throws Exception {
    Process watcher = another(Watches.class, folder);
    List<AliveLock> locks = new ArrayList<>();
    try (var said = watcher.inputReader()) {
      assertThat(said.readLine()).isEqualTo("looking");
      for (int i = 0; i < 5_000; i++) {
        Path file = folder.resolve("%d.alive".formatted(i));
        locks.add(AliveLock.create(file).orElseThrow());
        if (i % 50 != 0) { // few at a time, so that each look comes round soon
          Files.delete(file);
        }
      }
      Files.createFile(folder.resolve("enough"));
      assertThat(said.lines()).containsExactly("looked");
    } finally {
      watcher.destroyForcibly();
      for (AliveLock lock : locks) {
        lock.close();
      }
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("."));
    }
  }

  @Test
  void aFileThatIsThereIsNotMadeAgain() throws IOException {
    Path file = folder.resolve("a.alive");
    try (AliveLock lock = AliveLock.create(file).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(AliveLock.create(file)).isEmpty();
      assertThat(AliveLock.isHeld(file)).isTrue();
    }
    assertThat(AliveLock.create(file)).isEmpty();
  }

  private static Process another(Class<?> program, Path argument) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                argument.toString()))
        .redirectError(new File("/dev/null"))
        .start();
  }

  /** What another process sees. */
  private static boolean heldForOthers(Path file) throws IOException, InterruptedException {
    Process process = another(Asks.class, file);
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

  /** Another process, which looks for files that nobody has locked until there is one "enough". */
  static final class Watches {
    private Watches() {}

    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      System.out.println("looking");
      while (Files.notExists(folder.resolve("enough"))) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "[0-9]*.alive")) {
          for (Path file : files) {
            if (!AliveLock.isHeld(file) && Files.exists(file)) {
              System.out.println(file.getFileName() + " is there, and not locked");
            }
          }
        }
      }
      System.out.println("looked");
    }
  }
}
