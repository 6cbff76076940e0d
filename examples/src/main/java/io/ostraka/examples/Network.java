package io.ostraka.examples;

import java.util.Random;

/**
 * A network of one hidden layer (tanh) and a softmax on top, trained by stochastic gradient descent
 * with cross-entropy.
 */
final class Network {
  private final double[][] first;
  private final double[][] second;
  private final double[] hidden;
  private final double[] probabilities;

  /** A network with random weights; the last weight of each unit is its bias. */
  Network(int inputs, int hiddenUnits, int classes, Random random) {
    first = weights(hiddenUnits, inputs + 1, random);
    second = weights(classes, hiddenUnits + 1, random);
    hidden = new double[hiddenUnits];
    probabilities = new double[classes];
  }

  private static double[][] weights(int units, int inputs, Random random) {
    double[][] weights = new double[units][inputs];
    for (double[] unit : weights) {
      for (int i = 0; i < inputs; i++) {
        unit[i] = random.nextGaussian() / Math.sqrt(inputs);
      }
    }
    return weights;
  }

  /** Returns the class that the network finds most probable. */
  int classify(double[] input) {
    forward(input);
    int best = 0;
    for (int i = 1; i < probabilities.length; i++) {
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    return best;
  }

  /** The cross-entropy, in nats, of one example. */
  double loss(double[] input, int label) {
    forward(input);
    return -Math.log(Math.max(probabilities[label], Double.MIN_NORMAL));
  }

  /**
   * Moves the weights one step against the gradient of one example.
   *
   * @return the Euclidean norm of that gradient
   */
  double learn(double[] input, int label, double rate) {
    forward(input);
    double squares = 0;
    double[] back = new double[hidden.length];
    for (int unit = 0; unit < second.length; unit++) {
      double slope = probabilities[unit] - (unit == label ? 1 : 0);
      for (int i = 0; i < hidden.length; i++) {
        back[i] += slope * second[unit][i];
      }
      squares += descend(second[unit], hidden, slope, rate);
    }
    for (int unit = 0; unit < first.length; unit++) {
      double slope = back[unit] * (1 - hidden[unit] * hidden[unit]);
      squares += descend(first[unit], input, slope, rate);
    }
    return Math.sqrt(squares);
  }

  private static double descend(double[] weights, double[] inputs, double slope, double rate) {
    double squares = slope * slope;
    for (int i = 0; i < inputs.length; i++) {
      double gradient = slope * inputs[i];
      squares += gradient * gradient;
      weights[i] -= rate * gradient;
    }
    weights[inputs.length] -= rate * slope;
    return squares;
  }

  private void forward(double[] input) {
    for (int unit = 0; unit < first.length; unit++) {
      hidden[unit] = Math.tanh(sum(first[unit], input));
    }
    double sum = 0;
    for (int unit = 0; unit < second.length; unit++) {
      probabilities[unit] = Math.exp(sum(second[unit], hidden));
      sum += probabilities[unit];
    }
    for (int unit = 0; unit < second.length; unit++) {
      probabilities[unit] /= sum;
    }
  }

  private static double sum(double[] weights, double[] inputs) {
    double sum = weights[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      sum += weights[i] * inputs[i];
    }
    return sum;
  }
}
