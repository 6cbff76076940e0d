package io.ostraka.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/**
 * Fisher's iris data (R. A. Fisher, The use of multiple measurements in taxonomic problems, 1936):
 * 150 flowers of three species, four measurements of each.
 */
final class Iris {
  static final List<String> SPECIES = List.of("setosa", "versicolor", "virginica");
  static final int MEASUREMENTS = 4;

  private final double[][] measurements;
  private final int[] species;

  private Iris(double[][] measurements, int[] species) {
    this.measurements = measurements;
    this.species = species;
  }

  /**
   * Reads the flowers, in an order drawn with {@code random}, each measurement with mean 0 and
   * standard deviation 1.
   */
  static Iris read(Random random) throws IOException {
    List<String> lines;
    try (BufferedReader file =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(Iris.class.getResourceAsStream("iris.csv")),
                StandardCharsets.UTF_8))) {
      lines = new ArrayList<>(file.lines().skip(1).toList());
    }
    Collections.shuffle(lines, random);
    double[][] measurements = new double[lines.size()][];
    int[] species = new int[lines.size()];
    for (int i = 0; i < lines.size(); i++) {
      List<String> fields = List.of(lines.get(i).split(",", -1));
      measurements[i] =
          fields.subList(0, MEASUREMENTS).stream().mapToDouble(Double::parseDouble).toArray();
      species[i] = SPECIES.indexOf(fields.get(MEASUREMENTS));
    }
    for (int column = 0; column < MEASUREMENTS; column++) {
      standardize(measurements, column);
    }
    return new Iris(measurements, species);
  }

  private static void standardize(double[][] measurements, int column) {
    double mean = Arrays.stream(measurements).mapToDouble(row -> row[column]).average().orElse(0);
    double variance =
        Arrays.stream(measurements)
            .mapToDouble(row -> (row[column] - mean) * (row[column] - mean))
            .average()
            .orElse(1);
    for (double[] row : measurements) {
      row[column] = (row[column] - mean) / Math.sqrt(variance);
    }
  }

  int size() {
    return species.length;
  }

  double[] measurements(int flower) {
    return measurements[flower];
  }

  int species(int flower) {
    return species[flower];
  }
}
