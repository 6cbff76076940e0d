package io.ostraka.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The mutants themselves are tried by {@code make mutants}, which takes long. */
final class MutantsTest {
  @ParameterizedTest
  @FieldSource("io.ostraka.sim.Mutants#ALL")
  void whatAMutantReplacesIsInTheSourcesOnce(Mutant mutant) throws Exception {
    assertThat(mutant.isIn(Path.of("src/main/java/io/ostraka"))).as(mutant.from()).isTrue();
  }
}
