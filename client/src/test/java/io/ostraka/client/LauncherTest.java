package io.ostraka.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LauncherTest {
  @Test
  void readsRankAndSizeOfOnePairOfVariables() {
    assertThat(Launcher.of(Map.of())).isEqualTo(new Launcher(0, 1));
    assertThat(Launcher.of(Map.of("RANK", "3", "WORLD_SIZE", "8"))).isEqualTo(new Launcher(3, 8));
    assertThat(Launcher.of(Map.of("SLURM_PROCID", "2", "SLURM_NTASKS", "4", "WORLD_SIZE", "9")))
        .isEqualTo(new Launcher(2, 4));
    assertThat(Launcher.of(Map.of("JAX_PROCESS_INDEX", "1", "JAX_PROCESS_COUNT", "2")))
        .isEqualTo(new Launcher(1, 2));
    assertThat(Launcher.of(Map.of("RANK", "first", "OMPI_COMM_WORLD_RANK", "5")))
        .isEqualTo(new Launcher(5, 1));
  }

  @Test
  void ranksOfOneJobComeToOneRunIdAndTheSecondRunOfAJobToAnother() {
    Map<String, String> slurm = Map.of("SLURM_JOB_ID", "42", "SLURM_CLUSTER_NAME", "c");
    assertThat(Launcher.sharedRunId(slurm, 2, 1)).hasValue("slurm-c-42-1");
    assertThat(Launcher.sharedRunId(slurm, 2, 2)).hasValue("slurm-c-42-2");
    assertThat(Launcher.sharedRunId(Map.of("TORCHELASTIC_RUN_ID", "abc"), 2, 1))
        .hasValue("torchrun-abc-1");
    assertThat(
            Launcher.sharedRunId(
                Map.of("SLURM_ARRAY_JOB_ID", "7", "SLURM_ARRAY_TASK_ID", "3", "SLURM_STEP_ID", "0"),
                4,
                1))
        .hasValue("slurm-7-3-s0-1");
  }

  @Test
  void aDefaultIsNoIdAndNeitherIsThatOfAJobOfOneProcess() {
    assertThat(Launcher.sharedRunId(Map.of("TORCHELASTIC_RUN_ID", "none"), 2, 1)).isEmpty();
    assertThat(Launcher.sharedRunId(Map.of("SLURM_JOB_ID", "42"), 1, 1)).isEmpty();
    assertThat(Launcher.sharedRunId(Map.of(), 8, 1)).isEmpty();
  }
}
