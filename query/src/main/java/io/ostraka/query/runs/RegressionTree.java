package io.ostraka.query.runs;

import java.util.Arrays;
import java.util.Random;

/**
 * A tree that predicts a number (Breiman et al., "Classification and Regression Trees", 1984): each
 * node splits its rows where that takes most from the sum of squares, numbers at a threshold and
 * categories one against the others.
 */
final class RegressionTree {
  private static final int LEAST_LEAF = 3;
  private static final int DEEPEST = 16;

  private final double[][] features;
  private final boolean[] isCategory;
  private final double[] target;
  private final Random random;
  private final boolean[] used;

  /* Nodes by number; a leaf has no feature. */
  private int[] feature = new int[64];
  private double[] threshold = new double[64];
  private int[] left = new int[64];
  private int[] right = new int[64];
  private double[] value = new double[64];
  private int nodes;

  private RegressionTree(
      double[][] features, boolean[] isCategory, double[] target, Random random) {
    this.features = features;
    this.isCategory = isCategory;
    this.target = target;
    this.random = random;
    this.used = new boolean[features.length];
  }

  /**
   * Grows a tree.
   *
   * @param sample the rows to grow it on, some of them several times; they are reordered
   */
  static RegressionTree grow(
      double[][] features, boolean[] isCategory, double[] target, int[] sample, Random random) {
    RegressionTree tree = new RegressionTree(features, isCategory, target, random);
    tree.node(sample, 0, sample.length, 0);
    return tree;
  }

  /** Whether any node asks for a feature. */
  boolean uses(int asked) {
    return used[asked];
  }

  /** The prediction for a row that has one feature's value from another row. */
  double predict(int row, int swapped, int other) {
    int node = 0;
    while (feature[node] >= 0) {
      int from = feature[node] == swapped ? other : row;
      node = goesLeft(feature[node], threshold[node], from) ? left[node] : right[node];
    }
    return value[node];
  }

  private boolean goesLeft(int asked, double at, int row) {
    double found = features[asked][row];
    return isCategory[asked] ? found == at : found <= at;
  }

  /** Where to split a node; nowhere if the feature is -1. */
  private static final class Split {
    private int feature = -1;
    private double threshold;
    private double gain;
  }

  private int node(int[] rows, int from, int to, int depth) {
    int node = newNode();
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += target[rows[i]];
    }
    value[node] = sum / (to - from);
    feature[node] = -1;
    if (to - from < 2 * LEAST_LEAF || depth == DEEPEST) {
      return node;
    }
    Split best = new Split();
    int tried = Math.max(1, (features.length + 2) / 3);
    int[] order = random.ints(0, features.length).distinct().limit(tried).toArray();
    for (int candidate : order) {
      search(candidate, rows, from, to, sum, best);
    }
    if (best.feature < 0) {
      return node;
    }
    int middle = partition(rows, from, to, best);
    feature[node] = best.feature;
    threshold[node] = best.threshold;
    used[best.feature] = true;
    int leftNode = node(rows, from, middle, depth + 1);
    int rightNode = node(rows, middle, to, depth + 1);
    left[node] = leftNode;
    right[node] = rightNode;
    return node;
  }

  /** Looks for a better split by one feature. */
  private void search(int asked, int[] rows, int from, int to, double sum, Split best) {
    int count = to - from;
    double[] values = features[asked];
    double[] sorted = new double[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = values[rows[from + i]];
    }
    double[] distinct = Arrays.stream(sorted).sorted().distinct().toArray();
    if (distinct.length < 2) {
      return;
    }
    double[] sums = new double[distinct.length];
    int[] counts = new int[distinct.length];
    for (int i = 0; i < count; i++) {
      int place = Arrays.binarySearch(distinct, sorted[i]);
      sums[place] += target[rows[from + i]];
      counts[place]++;
    }
    double whole = sum * sum / count;
    double leftSum = 0;
    int leftCount = 0;
    for (int place = 0; place < distinct.length - (isCategory[asked] ? 0 : 1); place++) {
      leftSum = isCategory[asked] ? sums[place] : leftSum + sums[place];
      leftCount = isCategory[asked] ? counts[place] : leftCount + counts[place];
      int rightCount = count - leftCount;
      if (leftCount < LEAST_LEAF || rightCount < LEAST_LEAF) {
        continue;
      }
      double rightSum = sum - leftSum;
      double gain = leftSum * leftSum / leftCount + rightSum * rightSum / rightCount - whole;
      // More than rounding makes of a target that is the same everywhere.
      if (gain > best.gain && gain > 1e-12 * Math.abs(whole)) {
        best.gain = gain;
        best.feature = asked;
        best.threshold = threshold(asked, distinct, place);
      }
    }
  }

  private double threshold(int asked, double[] distinct, int place) {
    if (isCategory[asked]) {
      return distinct[place];
    }
    double middle = distinct[place] / 2 + distinct[place + 1] / 2;
    boolean isBetween = middle >= distinct[place] && middle < distinct[place + 1];
    return isBetween ? middle : distinct[place];
  }

  private int partition(int[] rows, int from, int to, Split split) {
    int middle = from;
    for (int i = from; i < to; i++) {
      if (goesLeft(split.feature, split.threshold, rows[i])) {
        int held = rows[i];
        rows[i] = rows[middle];
        rows[middle] = held;
        middle++;
      }
    }
    return middle;
  }

  private int newNode() {
    if (nodes == feature.length) {
      feature = Arrays.copyOf(feature, 2 * nodes);
      threshold = Arrays.copyOf(threshold, 2 * nodes);
      left = Arrays.copyOf(left, 2 * nodes);
      right = Arrays.copyOf(right, 2 * nodes);
      value = Arrays.copyOf(value, 2 * nodes);
    }
    return nodes++;
  }
}
