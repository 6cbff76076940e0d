"""A distributed job as a launcher starts it: every rank a process of its own, on machines that share nothing but the root."""

import os
import signal
import sys

from commands import wait_until
import shards
import soak

RANKS = 64 if os.environ.get("OSTRAKA_SOAK") else 16
MACHINES = 4 if os.environ.get("OSTRAKA_SOAK") else 2
STEPS = 200

RANK = """
import os, sys, time, ostraka
steps, die_at = int(sys.argv[1]), int(sys.argv[2])
with ostraka.init("job", console=False, system=False, git=False) as run:
    rank = int(os.environ["SLURM_PROCID"])
    for step in range(steps):
        run.log({"loss": rank + step / 1000, f"of/{rank}": 1.0}, step=step)
        if step == die_at:
            print("logged", flush=True)
            time.sleep(600)
    print(run.id, flush=True)
"""


def start(place, rank, die_at):
    machine = rank * MACHINES // RANKS
    return place.start(
        sys.executable, "-c", RANK, STEPS, die_at,
        OSTRAKA_SPOOL=place.folder / f"machine-{machine}", SLURM_CLUSTER_NAME="c", SLURM_JOB_ID=str(700 + machine),
        SLURM_ARRAY_JOB_ID="17", SLURM_ARRAY_TASK_ID=3, SLURM_STEP_ID="0", SLURM_PROCID=rank, SLURM_NTASKS=RANKS,
    )  # fmt: skip


def test_every_rank_of_a_job_is_there_once_also_those_that_died(place):
    """Rank 1 and the last one are killed after 50 steps while the others go on."""
    dead = {1, RANKS - 1}
    ranks = {rank: start(place, rank, die_at=50 if rank in dead else -1) for rank in range(RANKS)}
    ids = set()
    try:
        for rank in dead:
            assert ranks[rank].stdout.readline() == "logged\n", ranks[rank].stderr.read()
            ranks[rank].send_signal(signal.SIGKILL)
            soak.count("a rank killed while others go on")
        for rank, process in ranks.items():
            out, err = process.communicate(timeout=300)
            if rank not in dead:
                assert process.returncode == 0 and err == "", err
                ids.add(out.strip())
        assert ids == {"slurm-c-17-3-s0-1"}
        # The agents of both machines end the writers that died.
        wait_until(lambda: len(states(place, "job")) == RANKS, "a last card of each rank", 120)
        found = states(place, "job")
        assert found == {rank: ("failed" if rank in dead else "finished") for rank in range(RANKS)}
        files = shards.live(place.root, "job")
        assert shards.duplicates(files) == []
        rows = shards.query(
            "SELECT writer[2:7]::INT AS rank, count(*)::BIGINT AS n, count(DISTINCT step)::BIGINT AS steps,"
            " count(*) FILTER (value <> writer[2:7]::INT + step / 1000)::BIGINT AS wrong"
            f" FROM {shards.table(files)} WHERE name = 'loss' GROUP BY writer ORDER BY rank"
        )
        assert [row["rank"] for row in rows] == list(range(RANKS))
        for row in rows:
            assert (row["n"], row["wrong"]) == (row["steps"], 0)
            assert row["n"] == (51 if row["rank"] in dead else STEPS)
        (run,) = place.runs("job")["runs"]
        assert run["state"] == "failed" and len(run["writers"]) == RANKS
        for _, _, card in shards.writers(place.root, "job"):
            share = max(1.0, RANKS / 16) if card["rank"] > 0 else 1.0
            assert card["world_size"] == RANKS and card["flush"]["seconds"] == share and card["heartbeat_seconds"] == 10 * share
    finally:
        end_agents(place)
    print(f"\n{RANKS} ranks on {MACHINES} machines, {len(dead)} killed: {sum(row['n'] for row in rows):,} points, each once")


def states(place, project):
    """The states of the writers that have ended, by rank."""
    ended = place.root.glob(f"project={project}/run=*/writer=*/end.json")
    names = [file.parent.name[len("writer=") :] for file in ended]
    return {int(name[1:7]): shards.card(place.root, project, "slurm-c-17-3-s0-1", name)["state"] for name in names}


def end_agents(place):
    for machine in range(MACHINES):
        place.spool = place.folder / f"machine-{machine}"
        agent = place.agent()
        if agent:
            os.kill(agent, signal.SIGKILL)
