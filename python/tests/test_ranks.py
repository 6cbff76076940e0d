"""Ranks by the launchers' variables, and the run id that the ranks of a job share."""

import pytest

from ostraka import _ranks
from ostraka._settings import Settings

SLURM = {
    "SLURM_CLUSTER_NAME": "c", "SLURM_JOB_ID": "17", "SLURM_PROCID": "2", "SLURM_NTASKS": "4", "SLURM_STEP_ID": "0"
}  # fmt: skip


@pytest.mark.parametrize(
    "variables, expected",
    [
        ({}, (0, 1)),
        ({"RANK": "3", "WORLD_SIZE": "8"}, (3, 8)),
        ({"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"}, (1, 2)),
        ({"PMI_RANK": "1", "PMI_SIZE": "2"}, (1, 2)),
        (SLURM, (2, 4)),
        ({"JAX_PROCESS_ID": "1", "JAX_NUM_PROCESSES": "2"}, (1, 2)),
        ({**SLURM, "RANK": "5", "WORLD_SIZE": "6"}, (5, 6)),
        ({"RANK": "x", "WORLD_SIZE": ""}, (0, 1)),
        ({"RANK": "3"}, (3, 4)),
    ],
)
def test_the_rank_is_found_in_the_usual_variables(variables, expected):
    assert _ranks.find(None, None, variables) == expected


def test_arguments_win_over_variables():
    assert _ranks.find(1, 2, {"RANK": "3", "WORLD_SIZE": "8"}) == (1, 2)


@pytest.mark.parametrize("rank, size", [(-1, 2), (1_000_000, 1_000_001), ("a", 2), (0, 0), (0, 1.5)])
def test_what_is_no_rank_is_refused(rank, size):
    with pytest.raises(ValueError):
        _ranks.find(rank, size, {})


def test_slurm_gives_all_ranks_of_a_step_one_id():
    ids = {_ranks.shared_run_id({**SLURM, "SLURM_PROCID": str(rank)}, 4, 1) for rank in range(4)}
    assert len(ids) == 1 and None not in ids


def test_another_init_task_step_or_job_is_another_run():
    variants = [
        (SLURM, 1),
        (SLURM, 2),
        ({**SLURM, "SLURM_STEP_ID": "1"}, 1),
        ({**SLURM, "SLURM_ARRAY_JOB_ID": "16", "SLURM_ARRAY_TASK_ID": "1"}, 1),
        ({**SLURM, "SLURM_ARRAY_JOB_ID": "16", "SLURM_ARRAY_TASK_ID": "2"}, 1),
        ({**SLURM, "SLURM_CLUSTER_NAME": "d"}, 1),
        ({"TORCHELASTIC_RUN_ID": "abc"}, 1),
        ({"TORCHELASTIC_RUN_ID": "abc"}, 2),
    ]
    assert len({_ranks.shared_run_id(variables, 4, nth) for variables, nth in variants}) == len(variants)


@pytest.mark.parametrize("default", ["none", "None", "", "default"])
def test_a_launchers_default_is_no_id(default):
    assert _ranks.shared_run_id({"TORCHELASTIC_RUN_ID": default}, 4, 1) is None


def test_a_single_process_shares_nothing():
    assert _ranks.shared_run_id({**SLURM, "TORCHELASTIC_RUN_ID": "abc"}, 1, 1) is None


def test_the_variable_and_the_argument_come_first(monkeypatch):
    for name, value in SLURM.items():
        monkeypatch.setenv(name, value)
    assert Settings().run == "slurm-c-17-s0-1"
    monkeypatch.setenv("OSTRAKA_RUN_ID", "mine")
    assert Settings().run == "mine"
    assert Settings(id="given").run == "given"


def test_ranks_of_a_run_have_one_name_and_writers_of_their_own(begin, spool):
    first = begin(id="shared", rank=0, world_size=32)
    second = begin(id="shared", rank=17, world_size=32)
    assert first.name == second.name
    assert first.writer.startswith("r000000-") and second.writer.startswith("r000017-")
    assert second._settings.flush_seconds == 2.0 and first._settings.flush_seconds == 1.0


def test_ranks_without_a_common_id_are_warned(begin, capfd, monkeypatch):
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "4")
    begin()
    assert "OSTRAKA_RUN_ID" in capfd.readouterr().err
