package io.ostraka.query;

import io.ostraka.sim.Mutant;
import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Breaks each promise of charts once, on purpose, and says how many rounds of the property tests it
 * took to find it: {@code make mutants}.
 */
final class SeriesMutants {
  private static final List<String[]> TESTS =
      List.of(
          new String[] {"SeriesPropertyTest", "binsEqualThoseMadeByHandAndStayExactAsTheRunGrows"},
          new String[] {"DerivedPropertyTest", "pointsOfSeveralMetricsAreJoinedByStep"},
          new String[] {"BandPropertyTest", "everyMemberCountsOnceInEachBin"});

  private SeriesMutants() {}

  static final List<Mutant> ALL =
      List.of(
          new Mutant(
              "of several writers the last one's minimum is that of the bin",
              "Bins.java",
              "Math.min(mins[at], min)",
              "min"),
          new Mutant(
              "the writer that is continued has the last word",
              "Bins.java",
              "counts[at] == 0 || writer < writers[at] ||",
              "counts[at] == 0 || writer > writers[at] ||"),
          new Mutant(
              "a finite value beyond single precision becomes infinite",
              "Bins.java",
              "    if (Double.isFinite(value)) {\n      return (float) Math.max",
              "    if (Double.isNaN(value)) {\n      return (float) Math.max"),
          new Mutant(
              "the mean of a bin counts values that are not finite",
              "Bins.java",
              "sums[at] / finites[at] / SUM_SCALE",
              "sums[at] / counts[at] / SUM_SCALE"),
          new Mutant(
              "the last value of a bin is the first", "BinScan.java", "arg_max(", "arg_min("),
          new Mutant(
              "values that are not finite are not counted apart",
              "BinScan.java",
              "count(finite)",
              "count(*)"),
          new Mutant(
              "what is out of view is in the bins at its edges",
              "BinScan.java",
              "    if (cut == null) {",
              "    if (cut == null || cut.first() <= cut.last()) {"),
          new Mutant(
              "a point at the end of a bin is in the next one",
              "PointBins.java",
              "grid.positionsPerBin() - 1 - offset",
              "grid.positionsPerBin() - offset"),
          new Mutant(
              "small shards show rows that were rewound",
              "Source.java",
              "|| step < belowStep)",
              "|| step <= belowStep)"),
          new Mutant(
              "points that are kept are another metric's",
              "SmallShards.java",
              "new Place(source.shard(), metric), points",
              "new Place(source.shard(), \"a\"), points"),
          new Mutant(
              "bins of negative steps are cut off towards 0",
              "Grid.java",
              "(int) (Math.floorDiv(position, positionsPerBin) - firstBin())",
              "(int) (position / positionsPerBin - firstBin())"),
          new Mutant(
              "M4 loses the greatest value of a bin",
              "M4Reducer.java",
              "bin + GREATEST, -1)",
              "bin + GREATEST, 1)"),
          new Mutant(
              "of several points at the last place M4 takes the first",
              "M4Reducer.java",
              "writer <= points.writer(bin + LAST)",
              "writer < points.writer(bin + LAST)"),
          new Mutant(
              "M4 hides NaN behind infinity",
              "M4Reducer.java",
              "Double.isNaN(value) ? NAN :",
              "Double.isNaN(value) ? INFINITY :"),
          new Mutant(
              "triangles are made with the mean of the own bucket",
              "LttbReducer.java",
              "for (int i = to; i < next; i++) {",
              "for (int i = from; i < next; i++) {"),
          new Mutant(
              "the last bucket of triangles loses its last point",
              "LttbReducer.java",
              "int to = 1 + (int) ((group + 1) * size);",
              "int to = Math.max(from + 1, (int) ((group + 1) * size));"),
          new Mutant(
              "one point too many is the last ones",
              "LastReducer.java",
              "Math.max(0, sorted.length - wanted)",
              "Math.max(0, sorted.length - wanted - 1)"),
          new Mutant(
              "only what is in view is smoothed",
              "LineFiller.java",
              "request.options().smoothing() == null ? grid.visible() : null",
              "grid.visible()"),
          new Mutant(
              "of repeated steps the first value counts",
              "PointScan.java",
              "ORDER BY writer, row DESC) = 1",
              "ORDER BY writer, row) = 1"),
          new Mutant(
              "a fork shows its ancestor beyond the step of the fork",
              "RankLines.java",
              "Math.min(ancestor.belowStep(), by == null ? Long.MAX_VALUE : by.fromStep())",
              "by == null ? ancestor.belowStep() : by.fromStep()"),
          new Mutant(
              "a rewound writer's points stay",
              "RankLines.java",
              "by == null ? Long.MAX_VALUE : by.fromStep());\n      members",
              "Long.MAX_VALUE);\n      members"),
          new Mutant(
              "an ancestor has the last word before the run itself",
              "RankLines.java",
              "          .thenComparing(Member::generation)\n",
              "          .thenComparing(member -> -member.generation())\n"),
          new Mutant(
              "a point lies where the other metric was at an earlier step",
              "JoinedScan.java",
              "step >= x_step",
              "step > x_step"),
          new Mutant(
              "a place that is not finite is one",
              "JoinedScan.java",
              "name = %s AND isfinite(value) GROUP BY",
              "name = %s GROUP BY"),
          new Mutant(
              "the standard deviation is by all members",
              "Band.java",
              "Math.sqrt(squares / (values.length - 1))",
              "Math.sqrt(squares / values.length)"),
          new Mutant(
              "the median of an even number of points is one of them",
              "smooth/RunningMedian.java",
              "sorted[size / 2 - 1] / 2 + middle / 2",
              "middle"),
          new Mutant(
              "the greater one of no number and a number is the number",
              "formula/Function.java",
              "case MAX -> Math.max(value, second);",
              "case MAX -> value > second ? value : second;"));

  /** Arguments: the repository, the most rounds for each mutant, and perhaps a word of some. */
  public static void main(String[] arguments) throws Exception {
    Path sources = Path.of(arguments[0]).resolve("query/src/main/java/io/ostraka/query");
    int most = Integer.parseInt(arguments[1]);
    String word = arguments.length > 2 ? arguments[2] : "";
    System.setProperty("ostraka.logs", "4");
    System.setProperty("ostraka.large", "0");
    Mutant.searchAll(ALL, sources, word, System.err, classes -> rounds(classes, most));
  }

  /** How many rounds of all tests it took until one failed, and how; nothing if none did. */
  private static String rounds(Path classes, int most) throws Exception {
    List<URL> ours = new ArrayList<>(List.of(classes.toUri().toURL()));
    List<URL> others = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      URL url = Path.of(entry).toUri().toURL();
      (Files.isDirectory(Path.of(entry)) ? ours : others).add(url);
    }
    // What is not ours is loaded once: DuckDB's library among it.
    ClassLoader libraries = LIBRARIES.of(others);
    try (URLClassLoader loader = new URLClassLoader(ours.toArray(URL[]::new), libraries)) {
      for (int round = 1; round <= most; round++) {
        System.setProperty("ostraka.seed", Integer.toString(round));
        for (String[] test : TESTS) {
          String failure = run(loader.loadClass("io.ostraka.query." + test[0]), test[1]);
          if (!failure.isEmpty()) {
            return round + " | " + test[0] + ": " + failure;
          }
        }
      }
      return "";
    }
  }

  private static final Libraries LIBRARIES = new Libraries();

  private static final class Libraries {
    private final List<ClassLoader> made = new ArrayList<>();

    ClassLoader of(List<URL> jars) throws ClassNotFoundException {
      if (made.isEmpty()) {
        made.add(
            new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader()));
        Class.forName("org.duckdb.DuckDBDriver", true, made.get(0)); // Which registers itself.
      }
      return made.get(0);
    }
  }

  private static String run(Class<?> test, String name) throws Exception {
    var constructor = test.getDeclaredConstructor();
    constructor.setAccessible(true);
    Object instance = constructor.newInstance();
    Path root = Files.createTempDirectory("rounds");
    Field folder = test.getDeclaredField("folder");
    folder.setAccessible(true);
    folder.set(instance, root);
    Method method = test.getDeclaredMethod(name);
    method.setAccessible(true);
    try {
      method.invoke(instance);
      return "";
    } catch (InvocationTargetException e) {
      Throwable cause = Objects.requireNonNull(e.getCause());
      return Mutant.firstLines(cause.getClass().getSimpleName() + " " + cause.getMessage());
    } finally {
      Mutant.delete(root);
    }
  }
}
