package io.ostraka.examples;

import io.ostraka.client.Metrics;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.IOException;
import java.util.Map;
import java.util.Random;

/** Teaches a small network to tell three species of iris apart, and logs how it goes. */
public final class TrainIris {
  private static final int EPOCHS = 200;
  private static final int HIDDEN_UNITS = 8;
  private static final double RATE = 0.05;

  /** Of the 150 flowers the first 120 are learnt from, the others are only asked about. */
  private static final int TRAINING = 120;

  private TrainIris() {}

  /**
   * Trains, and logs to the usual root: {@code OSTRAKA_ROOT}, else {@code ./ostraka-runs}.
   *
   * @param arguments none
   * @throws IOException if the data cannot be read or what was logged could not be published in
   *     time
   */
  public static void main(String[] arguments) throws IOException {
    Random random = new Random(1936);
    Iris iris = Iris.read(random);
    Network network = new Network(Iris.MEASUREMENTS, HIDDEN_UNITS, Iris.SPECIES.size(), random);
    try (Run run =
        Ostraka.run()
            .project("iris")
            .name("mlp-" + HIDDEN_UNITS)
            .config(Map.of("epochs", EPOCHS, "hidden", HIDDEN_UNITS, "learning_rate", RATE))
            .start()) {
      Metrics training = run.metrics("train/loss", "grad/norm", "lr");
      long step = 0;
      for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        double rate = RATE * (1 + Math.cos(Math.PI * epoch / EPOCHS)) / 2;
        for (int i = 0; i < TRAINING; i++, step++) {
          int flower = random.nextInt(TRAINING);
          double loss = network.loss(iris.measurements(flower), iris.species(flower));
          double norm = network.learn(iris.measurements(flower), iris.species(flower), rate);
          training.log(step, loss, norm, rate);
        }
        run.log(step, "val/accuracy", accuracy(network, iris), "epoch", epoch);
      }
      System.out.printf(
          "%.1f %% of the %d flowers never learnt from were told right%n",
          100 * accuracy(network, iris), iris.size() - TRAINING);
    }
  }

  private static double accuracy(Network network, Iris iris) {
    int right = 0;
    for (int flower = TRAINING; flower < iris.size(); flower++) {
      if (network.classify(iris.measurements(flower)) == iris.species(flower)) {
        right++;
      }
    }
    return (double) right / (iris.size() - TRAINING);
  }
}
