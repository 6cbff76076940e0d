"""``kill -9`` at full speed: what ``log`` returned for is in the shards, once; of each thread at most the one call that was under way besides.

With OSTRAKA_SOAK_SECONDS the kills go on for so long, each at another moment.
"""

import os
import random
import signal
import struct
import sys
import time
from pathlib import Path

import pytest

from commands import TRAINERS, wait_until
import shards

THREADS = 2
SOAK_SECONDS = float(os.environ.get("OSTRAKA_SOAK_SECONDS", "0"))


def returned(counts):
    """How many calls of each thread returned, as the trainer counted them."""
    try:
        return struct.unpack(f"{THREADS}Q", Path(counts).read_bytes())
    except (FileNotFoundError, struct.error):
        return (0,) * THREADS


def at_full_speed(counts, at_least):
    return lambda: min(returned(counts)) >= at_least and returned(counts)


def moments():
    """How many calls of each thread to wait for before the kill."""
    seed = int(os.environ.get("OSTRAKA_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
    print(f"\nOSTRAKA_SEED={seed}")
    rng = random.Random(seed)
    end = time.monotonic() + SOAK_SECONDS
    for at_least in (1, 5_000, 50_000, 200_000):
        yield rng.randrange(at_least, 2 * at_least + 1)
    while time.monotonic() < end:
        yield rng.randrange(1, 500_000)


def java_command(place):
    code, out, err = place.ostraka("version")
    assert code == 0, err
    jars = next(line.split(maxsplit=1)[1] for line in out.splitlines() if line.startswith("jars "))
    java = next(line.split(" at ", 1)[1] for line in out.splitlines() if line.startswith("Java "))
    return [Path(java) / "bin" / "java", "-cp", f"{jars}/*", TRAINERS / "Hot.java"]


def publish(place):
    code, out, err = place.ostraka("publish", timeout=300)
    assert code == 0, err
    left = [file.name for file in place.spool.glob("*.journal")]
    assert left == [], "journals are left in the spool after `ostraka publish`"
    return out


def check(place, what, counted, exactly=False):
    """Compares the trainer's count with the shards, thread by thread, and prints both."""
    files = shards.live(place.root, "hot")
    assert shards.duplicates(files) == []
    found = {
        row["name"]: row
        for row in shards.query(
            "SELECT name, count(*)::BIGINT AS n, count(DISTINCT step)::BIGINT AS steps, max(step) AS last,"
            " count(*) FILTER (value <> step / (CASE split_part(name, '/', 2) WHEN 'i' THEN 1.0 WHEN 'half' THEN 2.0 ELSE 3.0 END))::BIGINT AS wrong"
            f" FROM {shards.table(files)} GROUP BY name"
        )
    }
    for thread, calls in enumerate(counted):
        for metric in ("i", "half", "third"):
            series = found[f"t{thread}/{metric}"]
            if metric == "i":
                print(f"{what}, thread {thread}: {calls:,} calls returned, {series['n']:,} in the shards")
            assert calls <= series["n"] <= calls + (0 if exactly else 1)
            assert series["steps"] == series["n"] and series["last"] == series["n"] - 1, "a hole or a double"
            assert series["wrong"] == 0


@pytest.mark.parametrize("language", ["Python", "Java"])
def test_a_killed_trainer_loses_no_call_that_returned(place, language):
    for round_number, calls in enumerate(moments()):
        counts = place.folder / f"counts-{round_number}"
        command = [sys.executable, TRAINERS / "hot.py"] if language == "Python" else java_command(place)
        trainer = place.start(*command, counts, THREADS)
        wait_until(at_full_speed(counts, calls), f"{calls} calls of each thread; is it logging?", 120)
        trainer.send_signal(signal.SIGKILL)
        trainer.wait()
        counted = returned(counts)
        publish(place)
        check(place, f"{language} trainer killed", counted)
        writers = list(shards.writers(place.root, "hot"))
        assert [card["state"] for _, _, card in writers] == ["failed"], "a killed trainer has failed"
        assert "died" in writers[0][2]["failure"]
        for run in Path(place.root).glob("project=hot/run=*"):
            run.rename(place.folder / f"done-{round_number}")


def test_a_killed_agent_loses_nothing_and_publishes_nothing_twice(place):
    counts = place.folder / "counts"
    calls = 250_000
    trainer = place.start(sys.executable, TRAINERS / "hot.py", counts, THREADS, calls)
    killed = 0
    for goal in (20_000, 80_000, 160_000):
        wait_until(at_full_speed(counts, goal), f"{goal} calls", 120)
        agent = wait_until(place.agent, "an agent at the spool", 60)
        os.kill(agent, signal.SIGKILL)
        killed += 1
    out, err = trainer.communicate(timeout=300)
    assert trainer.returncode == 0, err
    publish(place)
    print(f"\nthe agent was killed {killed} times")
    check(place, "agent killed", returned(counts), exactly=True)
    assert [card["state"] for _, _, card in shards.writers(place.root, "hot")] == ["finished"]


def test_trainer_and_agent_killed_at_once_lose_no_call_that_returned(place):
    for round_number, calls in enumerate(moments()):
        counts = place.folder / f"counts-{round_number}"
        trainer = place.start(sys.executable, TRAINERS / "hot.py", counts, THREADS)
        agent = wait_until(place.agent, "an agent at the spool", 60)
        wait_until(at_full_speed(counts, calls), f"{calls} calls of each thread", 120)
        os.kill(agent, signal.SIGKILL)
        trainer.send_signal(signal.SIGKILL)
        trainer.wait()
        counted = returned(counts)
        publish(place)
        check(place, "trainer and agent killed", counted)
        for run in Path(place.root).glob("project=hot/run=*"):
            run.rename(place.folder / f"done-{round_number}")
