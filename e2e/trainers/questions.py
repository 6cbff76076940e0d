"""Logs a small project with everything that docs/sql.md asks of it: a sweep, ranks, a run that diverged, a resume and a fork.

The numbers follow from the step alone, so that a question has the same answer each time.
"""

import math
import multiprocessing

import ostraka

STEPS = 300
RANKS = 2
PROJECT = "digits"


def train(run, settings, steps, spikes=(), diverges_at=None):
    for step in steps:
        loss = 2.3 * math.exp(-step * settings["lr"] / 8) + 0.05 + 0.02 * math.sin(step)
        if diverges_at is not None and step >= diverges_at:
            loss = math.nan
        norm = 25.0 if step in spikes else 1 + 0.5 * math.cos(step)
        run.log({"train/loss": loss, "grad/norm": norm, "lr": settings["lr"] * 0.99**step}, step=step)
        if step % 20 == 19:
            accuracy = min(0.99, 1 - loss / 2.4) if not math.isnan(loss) else 0.1
            run.log({"val/loss": loss * 1.1, "val/accuracy": accuracy}, step=step)
            print(f"step {step}: loss {loss:.3f}")
    run.log({"note": f"{len(steps)} steps"}, step=steps[-1])


def begin(name, settings, **more):
    return ostraka.init(project=PROJECT, name=name, config=settings, git=False, **more)


def sweep():
    for index, rate in enumerate((0.05, 0.1, 0.2, 0.4)):
        settings = {"lr": rate, "hidden": [64, 32], "optimizer": "sgd" if index % 2 else "adam", "seed": 1}
        with begin(f"lr-{rate}", settings, id=f"sweep-{index}", group="sweep", tags=["sweep", "baseline"][: 1 + (index == 0)]) as run:
            train(run, settings, range(STEPS), spikes=(77, 200) if index == 2 else (), diverges_at=250 if index == 3 else None)
            run.summary["chosen"] = index == 2


def rank(number):
    settings = {"lr": 0.2, "hidden": [128], "optimizer": "sgd", "seed": 2}
    with begin("ranks", settings, id="ranks", rank=number, world_size=RANKS) as run:
        for step in range(STEPS):
            # Rank 0 is the slower one at every third step, rank 1 at the others, and much slower at a few.
            usual = 0.005 if number == 1 else 0.01 * (step % 3 == 0)
            slow = 0.5 if number == 1 and step % 50 == 7 else 0.0
            run.log({"train/loss": 2.0 / (step + 1) + number, "step/seconds": 0.1 + usual + slow}, step=step)


def history():
    settings = {"lr": 0.1, "hidden": [64], "optimizer": "adam", "seed": 3}
    with begin("resumed", settings, id="resumed") as run:
        train(run, settings, range(200))
    with begin("resumed", {**settings, "lr": 0.2}, id="resumed", resume="must", resume_step=100) as run:
        train(run, {**settings, "lr": 0.2}, range(100, STEPS))
    with begin("forked", {**settings, "lr": 0.4}, id="forked", fork_from="resumed?step=150") as run:
        train(run, {**settings, "lr": 0.4}, range(150, STEPS))


if __name__ == "__main__":
    sweep()
    history()
    ranks = [multiprocessing.get_context("spawn").Process(target=rank, args=(number,)) for number in range(RANKS)]
    for process in ranks:
        process.start()
    for process in ranks:
        process.join()
        assert process.exitcode == 0
