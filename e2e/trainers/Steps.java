import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;

/** {@code java Steps.java STEPS} logs that many steps of one metric, whose values are the steps, and ends. */
public final class Steps {
  public static void main(String[] arguments) throws Exception {
    try (Run run = Ostraka.run().project("steps").start()) {
      for (long step = 0; step < Long.parseLong(arguments[0]); step++) {
        run.log(step, "step", step);
      }
    }
  }
}
