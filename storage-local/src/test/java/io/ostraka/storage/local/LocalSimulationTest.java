package io.ostraka.storage.local;

import io.ostraka.sim.Seeds;
import io.ostraka.sim.Simulation;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulation over a folder: processes stop at each of the store's own file operations too. */
final class LocalSimulationTest {
  @Test
  void everyRowIsReadOnceWhateverFails(@TempDir Path folder) throws IOException {
    Seeds.run(
        "LocalSimulationTest",
        folder,
        600,
        (seed, own) -> Simulation.run(seed, own, (root, clock) -> LocalShardStore.open(root)));
  }
}
