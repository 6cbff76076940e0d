import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;

/** The Java twin of careful.py: {@code java Careful.java ACCOUNT STEPS}. */
public final class Careful {
  public static void main(String[] arguments) throws Exception {
    int steps = Integer.parseInt(arguments[1]);
    MappedByteBuffer account;
    try (FileChannel file =
        FileChannel.open(
            Path.of(arguments[0]),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      account = file.map(FileChannel.MapMode.READ_WRITE, 0, 64 + steps);
      account.order(ByteOrder.nativeOrder());
    }
    String seconds = System.getenv().getOrDefault("CAREFUL_TIMEOUT", "60");
    Run run =
        Ostraka.run()
            .project("careful")
            .closeWithin(Duration.ofSeconds(Long.parseLong(seconds)))
            .start();
    for (int step = 0; step < steps; step++) {
      if (step > 0 && step % (steps / 4) == 0) {
        Path go = Path.of(arguments[0] + ".go." + 4L * step / steps);
        while (!Files.exists(go)) {
          Thread.sleep(10);
        }
      }
      long before = run.dropped();
      long begun = System.nanoTime();
      run.log(step, "step", step);
      account.putLong(16, Math.max(account.getLong(16), (System.nanoTime() - begun) / 1000));
      account.putLong(8, run.dropped());
      account.put(64 + step, (byte) (run.dropped() == before ? 1 : 0));
      account.putLong(0, step + 1);
    }
    run.summary(Map.of("done", true));
    try {
      run.close();
      System.out.println("finished True");
    } catch (IOException e) {
      System.err.println("ostraka: " + e.getMessage());
      System.out.println("finished False");
    }
  }
}
