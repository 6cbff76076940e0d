"""``kill -9`` at full speed: what ``log`` returned for is in the shards, once; of each thread at most the one call that was under way besides.

With OSTRAKA_SOAK there are many rounds, each at another moment.
"""

import json
import os
import signal
import struct
import sys
from pathlib import Path

import pytest

from commands import TRAINERS, wait_until
import shards
import soak

THREADS = 2


def returned(counts):
    """How many calls of each thread returned, as the trainer counted them."""
    try:
        return struct.unpack(f"{THREADS}Q", Path(counts).read_bytes())
    except (FileNotFoundError, struct.error):
        return (0,) * THREADS


def at_full_speed(trainer, counts, at_least):
    def reached():
        assert trainer.poll() is None, f"the trainer ended with {trainer.returncode}: {trainer.stderr.read()}"
        return min(returned(counts)) >= at_least

    return reached


def moments(in_short, in_soak):
    """How many calls of each thread to wait for before the kill, in each round: at first few, then up to half a million."""
    rng = soak.seeded()
    for number in range(soak.rounds(in_short, in_soak)):
        yield rng.randrange(1, (10, 10_000, 100_000, 400_000)[number % 4])


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


def another(agent, last):
    """The agent, if it is not the one killed last."""
    return None if agent == last else agent


def put_away(place, number):
    """Makes room for the next round."""
    for run in Path(place.root).glob("project=hot/run=*"):
        run.rename(place.folder / f"done-{number}-{run.name}")


@pytest.mark.parametrize("language", ["Python", "Java"])
def test_a_killed_trainer_loses_no_call_that_returned(place, language):
    for number, calls in enumerate(moments(4, 40)):
        counts = place.folder / f"counts-{number}"
        command = [sys.executable, TRAINERS / "hot.py"] if language == "Python" else place.java("Hot.java")
        trainer = place.start(*command, counts, THREADS)
        wait_until(at_full_speed(trainer, counts, calls), f"{calls} calls of each thread; is it logging?", 120)
        trainer.send_signal(signal.SIGKILL)
        trainer.wait()
        soak.count(f"a {language} trainer killed")
        publish(place)
        check(place, f"{language} trainer killed", returned(counts))
        writers = list(shards.writers(place.root, "hot"))
        assert [card["state"] for _, _, card in writers] == ["failed"], "a killed trainer has failed"
        assert "died" in writers[0][2]["failure"]
        put_away(place, number)


def test_a_killed_agent_loses_nothing_and_publishes_nothing_twice(place):
    rng = soak.seeded()
    kills = 4  # a run: later on a client looks for its agent only every 10 s
    for number in range(soak.rounds(1, 10)):
        counts, enough = place.folder / f"counts-{number}", place.folder / f"enough-{number}"
        trainer = place.start(sys.executable, TRAINERS / "hot.py", counts, THREADS, enough)
        agent = None
        for _ in range(kills):
            agent = wait_until(lambda last=agent: another(place.agent(), last), "an agent at the spool", 60)
            goal = min(returned(counts)) + rng.randrange(1, 10_000)
            wait_until(at_full_speed(trainer, counts, goal), f"{goal} calls", 120)
            os.kill(agent, signal.SIGKILL)
            soak.count("an agent killed")
        enough.touch()
        out, err = trainer.communicate(timeout=300)
        assert trainer.returncode == 0, err
        publish(place)
        check(place, f"agent killed {kills} times", returned(counts), exactly=True)
        assert [card["state"] for _, _, card in shards.writers(place.root, "hot")] == ["finished"]
        put_away(place, number)


def test_trainer_and_agent_killed_at_once_lose_no_call_that_returned(place):
    for number, calls in enumerate(moments(4, 40)):
        counts = place.folder / f"counts-{number}"
        trainer = place.start(sys.executable, TRAINERS / "hot.py", counts, THREADS)
        agent = wait_until(place.agent, "an agent at the spool", 60)
        wait_until(at_full_speed(trainer, counts, calls), f"{calls} calls of each thread", 120)
        os.kill(agent, signal.SIGKILL)
        trainer.send_signal(signal.SIGKILL)
        trainer.wait()
        soak.count("trainer and agent killed at once")
        publish(place)
        check(place, "trainer and agent killed", returned(counts))
        put_away(place, number)


FLUSHING = """
import json, sys, ostraka
with ostraka.init("hot", console=False, system=False, git=False) as run:
    step = 0
    for line in sys.stdin:
        for _ in range(1000):
            run.log({"t0/i": step}, step=step)
            step += 1
        print(json.dumps(run.flush(timeout=float(line))), flush=True)
"""


def test_an_agent_that_stands_still_holds_up_nothing_but_publishing(place):
    trainer = place.start(sys.executable, "-c", FLUSHING, stdin=True)

    def flushes(timeout):
        trainer.stdin.write(f"{timeout}\n")
        trainer.stdin.flush()
        return json.loads(trainer.stdout.readline())

    assert flushes(60)
    for _ in range(soak.rounds(2, 10)):
        agent = wait_until(place.agent, "an agent at the spool", 60)
        os.kill(agent, signal.SIGSTOP)
        try:
            assert flushes(0.2) is False
        finally:
            os.kill(agent, signal.SIGCONT)
        assert flushes(60)
        soak.count("an agent stopped for a while")
    trainer.stdin.close()
    trainer.wait(60)
    said = trainer.stderr.read().splitlines()
    assert len(said) == soak.rounds(2, 10) and all("not done within 0.2 s" in line for line in said), said
    files = shards.live(place.root, "hot")
    rows = shards.query(f"SELECT count(*)::BIGINT AS n, count(DISTINCT step)::BIGINT AS steps FROM {shards.table(files)}")
    expected = 1000 * (1 + 2 * soak.rounds(2, 10))
    assert rows == [{"n": expected, "steps": expected}]


def test_an_agent_killed_while_it_merges_loses_nothing(place):
    """Many small shards, so that there is always something to merge; killed when a merged shard is half made or just published."""
    counts, enough = place.folder / "counts", place.folder / "enough"
    trainer = place.start(sys.executable, TRAINERS / "hot.py", counts, THREADS, enough, OSTRAKA_FLUSH_SECONDS=0.02)
    rng = soak.seeded()
    agent, kills = None, soak.rounds(3, 8)
    for _ in range(kills):
        agent = wait_until(lambda last=agent: another(place.agent(), last), "an agent at the spool", 60)
        before = covered(place)
        wait_until(lambda before=before: merging(place) or covered(place) > before, "a merge", 120)
        if rng.random() < 0.5:
            wait_until(lambda before=before: covered(place) > before, "a merged shard", 120)
        os.kill(agent, signal.SIGKILL)
        soak.count("an agent killed while it merged")
    enough.touch()
    out, err = trainer.communicate(timeout=300)
    assert trainer.returncode == 0, err
    publish(place)
    check(place, f"agent killed {kills} times while it merged", returned(counts), exactly=True)
    assert covered(place) > 0, "nothing was merged"


def merging(place):
    """Whether a merged shard is being made."""
    return any(file.is_file() for file in place.spool.glob(".merge.*/*"))


def covered(place):
    """How many shards are there that a merged one covers."""
    every = list(place.root.glob("project=hot/run=*/writer=*/metrics/[0-9]*.parquet"))
    return len(every) - len(shards.live(place.root, "hot"))
