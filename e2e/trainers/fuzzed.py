"""Logs a project with everything that an answer of the viewer may have to say: odd names, NaN, texts, console, ranks, a failure, a fork."""

import math
import multiprocessing
import os
import sys

import ostraka

# The names come from the test: a project and a run with all that a name may have in it.
PROJECT, ODD = sys.argv[1:3]


def log(run, steps=60):
    for step in range(steps):
        loss = math.nan if step == 7 else math.inf if step == 8 else 1 / (step + 1)
        run.log({"train/loss": loss, "ünïcode/метрика": -step, "a b`c": 0.5}, step=step)
    run.log({"note": "línea\nsecond \x1b[31mred\x1b[0m"}, step=steps)
    run.log({"unplaced": 1e300})
    print("a line with ünïcode and \x1b[1mcolour\x1b[0m")


def begin(name, **more):
    return ostraka.init(project=PROJECT, id=name, name=f"{name} (ñ)", git=False, flush_seconds=0.05, **more)


def rank(number):
    with begin("ranks", rank=number, world_size=2) as run:
        log(run, 20)


def fail():
    run = begin("failed", config={"lr": 0.5})
    run.log({"train/loss": -math.inf}, step=0)
    raise SystemExit("out of memory (on purpose)")


def run_for_ever():
    run = begin("running", config={"lr": 0.2})
    log(run)
    run.flush()
    print("ready", file=sys.__stderr__, flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[3:] == ["running"]:
        run_for_ever()
    spawn = multiprocessing.get_context("spawn")
    for index in range(12):
        settings = {"lr": 0.1 * index, "deep": {"a.b": [1, None, {"x": "ý"}]}, "nan": "NaN"}
        with begin(ODD if index == 0 else f"sweep-{index}", config=settings, tags=["täg", "b"], group="g/1", notes="n\nn") as run:
            log(run, 60 if index == 0 else 3)
            run.summary["chosen"] = {"best": index}
    with begin("forked", fork_from=f"sweep-1?step=2") as run:
        run.log({"train/loss": 3.0}, step=2)
    with begin("nothing"):
        pass
    processes = [spawn.Process(target=rank, args=(number,)) for number in range(2)] + [spawn.Process(target=fail)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
