package io.ostraka.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.ostraka.sim.Mutant;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The mutants themselves are tried by {@code make mutants}, which takes long. */
final class SeriesMutantsTest {
  @ParameterizedTest
  @FieldSource("io.ostraka.query.SeriesMutants#ALL")
  void whatAMutantReplacesIsInTheSourcesOnce(Mutant mutant) throws Exception {
    assertThat(mutant.isIn(Path.of("src/main/java/io/ostraka/query"))).as(mutant.from()).isTrue();
  }
}
