"""Logs one value a step and keeps account of what log() took, in a mapped file of its own.

    careful.py ACCOUNT STEPS [SETTING=VALUE ...]

ACCOUNT: three 64-bit numbers (calls that returned, points dropped, the slowest call in microseconds), and from byte 64 on one byte for each
step: 1 if log() took it. After each quarter of the steps the trainer waits for a file ACCOUNT.go.<quarter>. CAREFUL_TIMEOUT bounds
its finish().
"""

import mmap
import os
import sys
import time

import ostraka


def main():
    path, steps = sys.argv[1], int(sys.argv[2])
    settings = dict(setting.split("=", 1) for setting in sys.argv[3:])
    with open(path, "wb") as file:
        file.truncate(64 + steps)
    with open(path, "r+b") as file:
        memory = memoryview(mmap.mmap(file.fileno(), 64 + steps))
    words = memory[:64].cast("Q")
    run = ostraka.init("careful", console=False, system=False, git=False, **settings)
    for step in range(steps):
        if step and step % (steps // 4) == 0:
            go = f"{path}.go.{4 * step // steps}"
            while not os.path.exists(go):
                time.sleep(0.01)
        before = run.dropped
        begun = time.monotonic_ns()
        run.log({"step": step}, step=step)
        words[2] = max(words[2], (time.monotonic_ns() - begun) // 1000)
        words[1] = run.dropped
        memory[64 + step] = words[1] == before
        words[0] = step + 1
    run.summary["done"] = True
    print("finished", run.finish(timeout=float(os.environ.get("CAREFUL_TIMEOUT", "60"))), flush=True)


main()
