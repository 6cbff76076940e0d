"""One rank of a job: logs a loss twenty times a second until it is ended. Its rank and its job are in the variables."""

import os
import time

import ostraka

with ostraka.init("ranks", name="eight", console=False, system=False, git=False) as run:
    rank = int(os.environ["RANK"])
    step = 0
    while True:
        run.log({"loss": (1 + rank / 8) / (step + 1) ** 0.3}, step=step)
        step += 1
        time.sleep(0.05)
