package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ostraka.query.smooth.Smoothing;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Smoothing and largest triangles beside what NumPy and SciPy make of the same values. */
class GoldenSmoothingTest {
  private static final double TOLERANCE = 1e-9;

  private JsonNode golden;

  @BeforeEach
  void read() throws IOException {
    try (InputStream in = GoldenSmoothingTest.class.getResourceAsStream("smoothing.json")) {
      golden = new ObjectMapper().readTree(in);
    }
  }

  @Test
  void smoothsAsSciPyDoes() {
    JsonNode cases = golden.get("smoothed");
    assertThat(cases.size()).isGreaterThan(90);
    for (JsonNode one : cases) {
      JsonNode input = golden.get("inputs").get(one.get("input").asText());
      double[] y = numbers(input.get("y"));
      double scale = Arrays.stream(y).filter(Double::isFinite).map(Math::abs).max().orElseThrow();
      double[] smoothed = smooth(one.get("smooth").asText(), numbers(input.get("x")), y);
      double[] expected = numbers(one.get("output"));
      assertThat(smoothed).hasSameSizeAs(expected);
      for (int i = 0; i < expected.length; i++) {
        String what = one.get("smooth") + " of " + one.get("input") + " at " + i;
        if (Double.isFinite(expected[i])) {
          assertThat(smoothed[i])
              .as(what)
              .isCloseTo(expected[i], within(TOLERANCE * Math.max(1, scale)));
        } else {
          assertThat(smoothed[i]).as(what).isEqualTo(Double.valueOf(expected[i]));
        }
      }
    }
  }

  @Test
  void takesTheTrianglesThatNumPyTakes() {
    assertThat(golden.get("triangles").size()).isGreaterThan(8);
    for (JsonNode one : golden.get("triangles")) {
      JsonNode input = golden.get("inputs").get(one.get("input").asText());
      double[] x = numbers(input.get("x"));
      double[] y = numbers(input.get("y"));
      Grid grid = new Grid(new Extent((long) x[0], (long) x[x.length - 1]), 1);
      LttbReducer reducer = new LttbReducer(grid, one.get("wanted").asInt());
      for (int i = 0; i < x.length; i++) {
        reducer.add(0, (long) x[i], x[i], i, y[i]);
      }
      Points points = Objects.requireNonNull(reducer.drawn(List.of(0)).points());
      double[] values = new double[points.size()];
      Arrays.setAll(values, points::value);
      double[] expected = new double[one.get("chosen").size()];
      Arrays.setAll(expected, i -> y[one.get("chosen").get(i).asInt()]);
      assertThat(values).as(one.toString()).isEqualTo(expected);
    }
  }

  @Test
  void aHugeValueThatHasLeftTheWindowLeavesNothingBehind() {
    double[] x = new double[4000];
    double[] y = new double[4000];
    Random random = new Random(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
      y[i] = i == 1000 ? 1e300 : random.nextGaussian();
    }
    for (String kind : List.of("mean:101", "gauss:10", "savgol:101,3", "median:101")) {
      double[] whole = smooth(kind, x, y);
      double[] after =
          smooth(kind, Arrays.copyOfRange(x, 2000, 4000), Arrays.copyOfRange(y, 2000, 4000));
      for (int i = 2100; i < 4000; i++) {
        assertThat(whole[i]).as(kind + " at " + i).isCloseTo(after[i - 2000], within(1e-12));
      }
    }
  }

  @Test
  void equalValuesStayWhatTheyAre() {
    double[] x = new double[500];
    double[] y = new double[500];
    Arrays.setAll(x, i -> i);
    Arrays.fill(y, 0.1);
    for (String kind : List.of("ema:0.9", "tema:7.5", "median:11")) {
      assertThat(smooth(kind, x, y)).as(kind).isEqualTo(y);
    }
    for (String kind : List.of("mean:101", "gauss:10", "savgol:101,3")) {
      for (double value : smooth(kind, x, y)) {
        assertThat(value).as(kind).isCloseTo(0.1, within(1e-15));
      }
    }
  }

  @Test
  void saysInOneLineWhatIsNoSmoothing() {
    assertThatThrownBy(() -> Smoothing.parse("lowess:3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("smooth = \"lowess:3\" is not ema:<weight>, tema:<half-life>,")
        .hasMessageNotContaining("\n");
    List<String> bad =
        List.of(
            "",
            "ema",
            "ema:",
            "ema:1",
            "ema:-0.1",
            "ema:NaN",
            "ema:0.9,1",
            "tema:0",
            "tema:Infinity",
            "mean:0",
            "mean:4",
            "mean:1e9",
            "mean:3.5",
            "median:-1",
            "gauss:0",
            "gauss:1e6",
            "savgol:5",
            "savgol:5,5",
            "savgol:4,2",
            "savgol:7,-1",
            "savgol:31,11",
            "savgol:a,b");
    for (String text : bad) {
      assertThatThrownBy(() -> Smoothing.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("smooth = \"" + text + "\" ");
    }
  }

  private static double[] smooth(String kind, double[] x, double[] y) {
    PointBuffer smoothed = new PointBuffer();
    SmoothedSink sink = new SmoothedSink(Smoothing.parse(kind).start(), smoothed);
    for (int i = 0; i < x.length; i++) {
      sink.add(0, (long) x[i], x[i], i, y[i]);
    }
    sink.end();
    double[] values = new double[smoothed.size()];
    for (int i = 0; i < values.length; i++) {
      assertThat(smoothed.row(i)).isEqualTo(i);
      values[i] = smoothed.value(i);
    }
    return values;
  }

  private static double[] numbers(JsonNode texts) {
    double[] numbers = new double[texts.size()];
    Arrays.setAll(numbers, i -> Double.parseDouble(texts.get(i).asText()));
    return numbers;
  }
}
