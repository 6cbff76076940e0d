"""Ranks, and how the processes of one distributed job find the run id that they share."""

_RANK = (
    ("RANK", "WORLD_SIZE"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("PMIX_RANK", "PMIX_SIZE"),
    ("PMI_RANK", "PMI_SIZE"),
    ("SLURM_PROCID", "SLURM_NTASKS"),
    ("JAX_PROCESS_ID", "JAX_NUM_PROCESSES"),
    ("JAX_PROCESS_INDEX", "JAX_PROCESS_COUNT"),
)
RANK_LIMIT = 1_000_000
_NO_IDS = frozenset(("", "none", "null", "default", "0"))


def find(rank, world_size, environ):
    """The rank and the number of ranks: as given, else by a launcher's variables, else 0 of 1.

    :raises ValueError: if what was given is no rank
    """
    if rank is None or world_size is None:
        found_rank, found_size = _by_launcher(environ)
        rank = found_rank if rank is None else rank
        world_size = found_size if world_size is None else world_size
    rank = _whole("rank", rank)
    world_size = _whole("world_size", world_size)
    if not 0 <= rank < RANK_LIMIT:
        raise ValueError(f"rank is {rank}; expected 0 to {RANK_LIMIT - 1}")
    if world_size < 1:
        raise ValueError(f"world_size is {world_size}; expected at least 1")
    return rank, max(world_size, rank + 1)


def shared_run_id(environ, world_size, nth_init):
    """The run id that all ranks of a job come to by themselves, or None.

    :param nth_init: how many-eth ``init`` of its process this is, from 1, so that a second run of the
        same job is another one
    """
    if world_size < 2:
        return None
    torchrun = environ.get("TORCHELASTIC_RUN_ID", "")
    if torchrun.lower() not in _NO_IDS:
        return _joined("torchrun", torchrun, nth_init)
    job = environ.get("SLURM_ARRAY_JOB_ID") or environ.get("SLURM_JOB_ID") or environ.get("SLURM_JOBID") or ""
    if job.lower() not in _NO_IDS:
        cluster = environ.get("SLURM_CLUSTER_NAME", "")
        task = environ.get("SLURM_ARRAY_TASK_ID", "")
        # Two trainings started one after the other by `srun` in one job are steps of their own.
        step = environ.get("SLURM_STEP_ID") or environ.get("SLURM_STEPID") or ""
        return _joined("slurm", cluster, job, task, step and "s" + step, nth_init)
    return None


def _joined(*parts):
    return "-".join(str(part) for part in parts if part != "")


def _by_launcher(environ):
    for rank_name, size_name in _RANK:
        rank, size = environ.get(rank_name, ""), environ.get(size_name, "")
        if rank.isdecimal():
            return int(rank), int(size) if size.isdecimal() and int(size) > 0 else 1
    return 0, 1


def _whole(name, value):
    try:
        return value.__index__()
    except AttributeError:
        raise ValueError(f"{name} is {value!r}; expected a whole number") from None
