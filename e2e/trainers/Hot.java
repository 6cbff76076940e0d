import io.ostraka.client.Metrics;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The Java twin of hot.py: {@code java Hot.java COUNTS THREADS}, logs from several threads until it is killed. */
public final class Hot {
  public static void main(String[] arguments) throws Exception {
    int threads = Integer.parseInt(arguments[1]);
    LongBuffer returned;
    try (FileChannel file =
        FileChannel.open(
            Path.of(arguments[0]),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      returned =
          file.map(FileChannel.MapMode.READ_WRITE, 0, 8L * threads)
              .order(ByteOrder.nativeOrder())
              .asLongBuffer();
    }
    Run run = Ostraka.run().project("hot").name("hot").start();
    for (int t = 0; t < threads; t++) {
      int thread = t;
      new Thread(
              () -> {
                Metrics metrics =
                    run.metrics("t" + thread + "/i", "t" + thread + "/half", "t" + thread + "/third");
                for (long i = 0; ; i++) {
                  metrics.log(i, i, i / 2.0, i / 3.0);
                  returned.put(thread, i + 1);
                }
              })
          .start();
    }
  }
}
