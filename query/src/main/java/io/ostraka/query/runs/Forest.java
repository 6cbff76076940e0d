package io.ostraka.query.runs;

import java.util.Random;

/**
 * A random forest for regression (Breiman, "Random Forests", 2001): trees grown on samples with
 * replacement, each split chosen among a third of the features, and the importance of a feature
 * told by how much worse a tree predicts the rows that it did not see once that feature's values
 * are shuffled among them. The same rows give the same forest.
 */
final class Forest {
  private static final int TREES = 100;
  private static final long SEED = 20_011_001;

  private final double[][] features;
  private final boolean[] isCategory;
  private final double[] target;
  private final double[] importance;
  private final double[] predicted;
  private final int[] predictions;

  private Forest(double[][] features, boolean[] isCategory, double[] target) {
    this.features = features;
    this.isCategory = isCategory;
    this.target = target;
    this.importance = new double[features.length];
    this.predicted = new double[target.length];
    this.predictions = new int[target.length];
  }

  /**
   * Grows a forest.
   *
   * @param features the values of each feature, as many as there are targets; a category is a
   *     number that only equality means something for
   * @param isCategory which features are categories
   * @param target what is to be predicted
   */
  static Forest grow(double[][] features, boolean[] isCategory, double[] target) {
    Forest forest = new Forest(features, isCategory, target);
    Random random = new Random(SEED);
    for (int tree = 0; tree < TREES; tree++) {
      forest.growTree(random);
    }
    return forest;
  }

  /**
   * The importance of each feature: the mean increase of the squared error when it is shuffled, as
   * a part of the target's variance; 0 where it is no greater than chance makes it.
   */
  double[] importance() {
    double variance = variance();
    double[] parts = new double[importance.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = variance == 0 ? 0 : Math.max(0, importance[i] / TREES / variance);
    }
    return parts;
  }

  /**
   * How much of the target's variance the trees explain of rows that they did not see: 1 for all of
   * it, 0 and less for nothing.
   */
  double explained() {
    double mean = mean();
    double error = 0;
    double square = 0;
    for (int row = 0; row < target.length; row++) {
      if (predictions[row] > 0) {
        double difference = target[row] - predicted[row] / predictions[row];
        error += difference * difference;
        square += (target[row] - mean) * (target[row] - mean);
      }
    }
    return square == 0 ? 0 : 1 - error / square;
  }

  private double variance() {
    double mean = mean();
    double square = 0;
    for (double value : target) {
      square += (value - mean) * (value - mean);
    }
    return square / target.length;
  }

  private double mean() {
    double sum = 0;
    for (double value : target) {
      sum += value;
    }
    return sum / target.length;
  }

  private void growTree(Random random) {
    int rows = target.length;
    int[] sample = new int[rows];
    boolean[] isSeen = new boolean[rows];
    for (int i = 0; i < rows; i++) {
      sample[i] = random.nextInt(rows);
      isSeen[sample[i]] = true;
    }
    RegressionTree tree = RegressionTree.grow(features, isCategory, target, sample, random);
    int unseen = 0;
    int[] others = new int[rows];
    for (int row = 0; row < rows; row++) {
      if (!isSeen[row]) {
        others[unseen++] = row;
      }
    }
    if (unseen > 0) {
      judge(tree, others, unseen, random);
    }
  }

  private void judge(RegressionTree tree, int[] others, int unseen, Random random) {
    double error = 0;
    for (int i = 0; i < unseen; i++) {
      int row = others[i];
      double value = tree.predict(row, -1, row);
      predicted[row] += value;
      predictions[row]++;
      error += (target[row] - value) * (target[row] - value);
    }
    int[] shuffled = new int[unseen];
    for (int feature = 0; feature < features.length; feature++) {
      if (!tree.uses(feature)) {
        continue; // Shuffling it changes nothing.
      }
      shuffle(others, shuffled, random);
      double withShuffled = 0;
      for (int i = 0; i < unseen; i++) {
        double difference = target[others[i]] - tree.predict(others[i], feature, shuffled[i]);
        withShuffled += difference * difference;
      }
      importance[feature] += (withShuffled - error) / unseen;
    }
  }

  private static void shuffle(int[] from, int[] to, Random random) {
    System.arraycopy(from, 0, to, 0, to.length);
    for (int i = to.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int held = to[i];
      to[i] = to[other];
      to[other] = held;
    }
  }
}
