package io.ostraka.storage.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.store.ShardStoreContract;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalEditTest {
  private static final String KEY = "project=p/run=r/meta.json";
  private static final int PROCESSES = 3;
  private static final int EDITS = 200;

  @TempDir private Path root = Path.of("");

  /** One of several processes that edit one card. */
  static final class Editor {
    private Editor() {}

    public static void main(String[] arguments) throws IOException {
      LocalShardStore store = LocalShardStore.open(Path.of(arguments[0]));
      for (int i = 0; i < EDITS; i++) {
        store.edit(KEY, ShardStoreContract::counted);
      }
    }
  }

  @Test
  void ofEditsByProcessesAtTheSameTimeNoneIsLost() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(startEditor());
    }
    for (Process process : processes) {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    }
    LocalShardStore store = LocalShardStore.open(root);
    assertThat(store.read(KEY)).asString(UTF_8).isEqualTo(Integer.toString(PROCESSES * EDITS));
  }

  @Test
  void theLockIsNoObject() throws IOException {
    LocalShardStore store = LocalShardStore.open(root);
    store.edit(KEY, ShardStoreContract::counted);
    assertThat(store.list("").objects()).extracting(StoredObject::key).containsExactly(KEY);
    assertThat(store.listNames("")).containsExactly("project=p");
  }

  @Test
  void whereLocksAreRefusedACardIsEditedAllTheSame() throws IOException {
    LocalShardStore store =
        new LocalShardStore(
            root,
            new FileOperations() {
              @Override
              LockedFile lock(Path file) throws IOException {
                throw new FileSystemException(file.toString(), null, "No locks available");
              }
            },
            Clock.systemUTC());
    store.edit(KEY, ShardStoreContract::counted);
    store.edit(KEY, ShardStoreContract::counted);
    assertThat(store.read(KEY)).asString(UTF_8).isEqualTo("2");
  }

  @Test
  void anEditThatLeavesACardAsItIsWritesNothing() throws IOException {
    LocalShardStore store =
        new LocalShardStore(
            root,
            new FileOperations() {
              @Override
              void write(Path target, byte[] bytes) throws IOException {
                throw new FileSystemException(target.toString(), null, "Read-only file system");
              }
            },
            Clock.systemUTC());
    LocalShardStore.open(root).replace(KEY, "1".getBytes(UTF_8));
    store.edit(KEY, now -> Optional.of("1".getBytes(UTF_8)));
    assertThat(store.read(KEY)).asString(UTF_8).isEqualTo("1");
  }

  private Process startEditor() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    return new ProcessBuilder(java, "-cp", classes, Editor.class.getName(), root.toString())
        .inheritIO()
        .start();
  }
}
