package io.ostraka.sim;

import io.ostraka.store.MemoryShardStore;
import io.ostraka.store.ShardStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SimulationTest {
  @Test
  void everyRowIsReadOnceWhateverFails(@TempDir Path folder) throws IOException {
    Seeds.run("SimulationTest", folder, 1500, SimulationTest::inMemory);
  }

  private static Simulation.Lived inMemory(long seed, Path folder) throws IOException {
    Map<Path, ShardStore> one = new HashMap<>();
    return Simulation.run(
        seed,
        folder,
        (path, clock) ->
            one.computeIfAbsent(
                Path.of(path.toString()), unused -> new MemoryShardStore(clock, path)));
  }
}
