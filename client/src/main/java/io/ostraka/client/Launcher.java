package io.ostraka.client;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the program that started this process says of a distributed job.
 *
 * @param rank which process of the job this is, from 0
 * @param worldSize how many there are, at least 1
 */
record Launcher(int rank, int worldSize) {
  /** A launcher's own id is none if it is one of these. */
  private static final Set<String> NO_IDS = Set.of("", "none", "null", "default", "0");

  private static final List<List<String>> VARIABLES =
      List.of(
          List.of("RANK", "WORLD_SIZE"),
          List.of("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
          List.of("PMIX_RANK", "PMIX_SIZE"),
          List.of("PMI_RANK", "PMI_SIZE"),
          List.of("SLURM_PROCID", "SLURM_NTASKS"),
          List.of("JAX_PROCESS_ID", "JAX_NUM_PROCESSES"),
          List.of("JAX_PROCESS_INDEX", "JAX_PROCESS_COUNT"));

  /** By the first pair of variables of which the rank is set; 0 of 1 without any. */
  static Launcher of(Map<String, String> environment) {
    for (List<String> pair : VARIABLES) {
      Optional<Integer> rank = number(environment.get(pair.get(0)));
      if (rank.isPresent()) {
        int size = number(environment.get(pair.get(1))).orElse(1);
        return new Launcher(rank.get(), Math.max(1, size));
      }
    }
    return new Launcher(0, 1);
  }

  private static Optional<Integer> number(@Nullable String text) {
    return Optional.ofNullable(text)
        .map(String::strip)
        .filter(digits -> digits.matches("[0-9]{1,6}"))
        .map(Integer::valueOf);
  }

  /**
   * The run id that all processes of a job come to by themselves.
   *
   * @param nthStart the how-many-eth run of its process it is, from 1: a second run of the same job
   *     is another one
   */
  static Optional<String> sharedRunId(
      Map<String, String> environment, int worldSize, int nthStart) {
    if (worldSize < 2) {
      return Optional.empty();
    }
    String torchrun = environment.getOrDefault("TORCHELASTIC_RUN_ID", "");
    if (isId(torchrun)) {
      return Optional.of(joined("torchrun", torchrun, Integer.toString(nthStart)));
    }
    String job =
        Stream.of("SLURM_ARRAY_JOB_ID", "SLURM_JOB_ID", "SLURM_JOBID")
            .map(name -> environment.getOrDefault(name, ""))
            .filter(id -> !id.isEmpty())
            .findFirst()
            .orElse("");
    if (!isId(job)) {
      return Optional.empty();
    }
    // Two trainings started one after the other by srun in one job are steps of their own.
    String step =
        environment.getOrDefault("SLURM_STEP_ID", environment.getOrDefault("SLURM_STEPID", ""));
    return Optional.of(
        joined(
            "slurm",
            environment.getOrDefault("SLURM_CLUSTER_NAME", ""),
            job,
            environment.getOrDefault("SLURM_ARRAY_TASK_ID", ""),
            step.isEmpty() ? "" : "s" + step,
            Integer.toString(nthStart)));
  }

  private static boolean isId(String text) {
    return !NO_IDS.contains(text.toLowerCase(Locale.ROOT));
  }

  private static String joined(String... parts) {
    return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining("-"));
  }
}
