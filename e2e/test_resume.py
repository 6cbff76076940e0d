"""Runs that go on: after an end, after ``kill -9``, from another machine, with other ranks, from an earlier step; and forks."""

import json
import signal
import struct
import subprocess
import sys

from commands import get, wait_until
import shards
import soak

TRAIN = """
import json, sys, ostraka
from ostraka import _earlier, _past
_past.READ_SECONDS = _earlier.BUCKET_SECONDS = 60  # a busy machine of tests
count, value, options = int(sys.argv[1]), float(sys.argv[2]), json.loads(sys.argv[3])
with ostraka.init("digits", console=False, system=False, git=False, **options) as run:
    first = run.step
    for _ in range(count):
        run.log({"loss": value})
print(json.dumps([run.id, first, run.resumed, run.writer]))
"""


def train(place, count, value, spool=None, **options):
    """Trains so many steps, each with the same loss, and returns the run's id, its first step, and whether it went on."""
    changes = {} if spool is None else {"OSTRAKA_SPOOL": place.folder / spool}
    code, out, err = place.python(TRAIN, str(count), str(value), json.dumps(options), **changes)
    assert (code, err) == (0, ""), err
    return json.loads(out)


class Page:
    """What a person sees of the runs."""

    def __init__(self, place):
        _, self.address = place.view()

    def points(self, run, metric="loss"):
        """What is shown of a metric, as (step, value) by step."""
        found = get(self.address, f"/api/v1/points?project=digits&run={run}&metric={metric}&limit=100000")
        assert not found["more"] and found["problems"] == []
        return [(point["step"], point["value"]) for point in found["points"]]

    def comes_to(self, run, points):
        """Waits until these are the points of the loss: of a bucket a page knows after its next look."""
        wait_until(lambda: sorted(self.points(run)) == sorted(points), f"{run} to have {len(points)} points")


def steps(*parts):
    """Points by (first step, end, value)."""
    return [(step, value) for first, end, value in parts for step in range(first, end)]


def test_a_run_goes_on_goes_back_and_is_forked(place):
    run, first, resumed, _ = train(place, 100, 1.0, id="a b/c")
    assert (run, first, resumed) == ("a b/c", 0, False)
    assert train(place, 100, 2.0, id=run, resume="must")[1:3] == [100, True]
    page = Page(place)
    assert page.points("a%20b%2Fc") == steps((0, 100, 1.0), (100, 200, 2.0))
    assert train(place, 10, 3.0, rewind=f"{run}?step=150")[1:3] == [150, True]
    page.comes_to("a%20b%2Fc", steps((0, 100, 1.0), (100, 150, 2.0), (150, 160, 3.0)))
    assert train(place, 10, 4.0, id=run, resume="allow")[1:3] == [160, True]
    fork, first, resumed, _ = train(place, 10, 5.0, fork_from=f"{run}?step=50")
    assert fork != run and (first, resumed) == (50, False)
    page.comes_to("a%20b%2Fc", steps((0, 100, 1.0), (100, 150, 2.0), (150, 160, 3.0), (160, 170, 4.0)))
    page.comes_to(fork, steps((0, 50, 1.0), (50, 60, 5.0)))
    (shown,) = [one for one in place.runs("digits")["runs"] if one["run"] == run]
    assert shown["state"] == "finished" and len(shown["writers"]) == 4


def test_late_repeated_and_backward_steps_are_kept(place):
    run = train(place, 5, 1.0, id="r")[0]
    code = """
import ostraka
with ostraka.init("digits", id="r", resume="must", console=False) as run:
    for step in (9, 7, 7, 2, 8):
        run.log({"loss": 2.0}, step=step)
"""
    assert place.python(code)[0] == 0
    late = sorted([*steps((0, 5, 1.0)), (2, 2.0), (7, 2.0), (7, 2.0), (8, 2.0), (9, 2.0)])
    assert sorted(Page(place).points(run)) == late


def test_a_run_goes_on_from_another_machine_with_another_number_of_ranks(place):
    for rank in range(4):
        train(place, 10 * (rank + 1), 1.0 + rank, spool="machine-1", id="r", rank=rank, world_size=4)
    # Two ranks elsewhere take over two each.
    for rank, first in ((0, 30), (1, 40)):
        assert train(place, 5, 10.0 + rank, spool="machine-2", id="r", resume="must", rank=rank, world_size=2)[1:3] == [first, True]
    page = Page(place)
    expected = [*steps((0, 10, 1.0), (0, 20, 2.0), (0, 30, 3.0), (0, 40, 4.0), (30, 35, 10.0), (40, 45, 11.0))]
    assert sorted(page.points("r")) == sorted(expected)
    # And one alone goes on with all of them.
    assert train(place, 5, 20.0, spool="machine-3", id="r", resume="must")[1:3] == [45, True]
    page.comes_to("r", [*expected, *steps((45, 50, 20.0))])
    (shown,) = place.runs("digits")["runs"]
    assert shown["state"] == "finished" and len(shown["writers"]) == 7


ENDLESS = """
import mmap, sys, ostraka
from ostraka import _earlier, _past
_past.READ_SECONDS = _earlier.BUCKET_SECONDS = 60
with open(sys.argv[1], "r+b") as file:
    returned = memoryview(mmap.mmap(file.fileno(), 16)).cast("q")
run = ostraka.init("digits", id="r", resume="allow", console=False, system=False, git=False)
returned[0] = returned[1] = step = run.step
while True:
    run.log({"loss": float(sys.argv[2])})
    step += 1
    returned[1] = step
"""


def test_a_run_killed_again_and_again_goes_on_behind_its_last_step(place):
    """Every fourth time it is killed somewhere between its start and its first steps."""
    rng = soak.seeded()
    logged = []
    for number in range(soak.rounds(8, 40)):
        file = place.folder / f"steps-{number}"
        file.write_bytes(struct.pack("<qq", -1, -1))
        trainer = place.start(sys.executable, "-c", ENDLESS, file, number)
        if number % 4 == 3:
            try:
                trainer.wait(rng.uniform(0.05, 1.0))
            except subprocess.TimeoutExpired:
                pass
        else:
            wanted = rng.randrange(1, 20_000)
            wait_until(lambda: far_enough(file, wanted) or trainer.poll() is not None, "steps to be logged", 120)
        assert trainer.poll() is None, trainer.stderr.read()
        trainer.send_signal(signal.SIGKILL)
        trainer.wait()
        soak.count("a run killed and resumed, at times while it resumed")
        logged.append(struct.unpack("<qq", file.read_bytes()))
    assert place.ostraka("publish")[0] == 0
    files = shards.live(place.published(), "digits")
    assert shards.duplicates(files) == []
    found = {
        round(row["value"]): row
        for row in shards.query(
            "SELECT value, min(step) AS first, max(step) AS last, count(*)::BIGINT AS n,"
            f" count(DISTINCT step)::BIGINT AS steps FROM {shards.table(files)} GROUP BY value"
        )
    }
    end = 0
    for number, (first, returned) in enumerate(logged):
        if number in found:
            row = found[number]
            assert row["first"] == end, f"round {number} went on at {row['first']}, behind {end} steps"
            assert row["n"] == row["steps"] == row["last"] + 1 - row["first"], "a hole or a double"
            end = row["last"] + 1
        assert first < 0 or returned <= end <= returned + 1
    early = sum(number not in found for number in range(len(logged)))
    print(f"{len(logged)} kills, {early} of them before the first step; {end:,} steps without a hole")


def far_enough(file, wanted):
    first, returned = struct.unpack("<qq", file.read_bytes())
    return first >= 0 and returned - first >= wanted
