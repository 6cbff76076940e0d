package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class M4ReducerTest {
  @Test
  void ofPointsAtOnePlaceTheLineLeavesFromTheLast() {
    M4Reducer reducer = new M4Reducer(new Grid(new Extent(0, 9), 10));
    double[] values = {1, 9, 5, -3, 4};
    for (int row = 0; row < values.length; row++) {
      reducer.add(0, 7, 7, row, values[row]);
    }
    Points points = Objects.requireNonNull(reducer.drawn(List.of(0)).points());
    assertThat(IntStream.range(0, points.size()).mapToDouble(points::value))
        .containsExactly(1.0, 9.0, -3.0, 4.0);
  }
}
