"""One rank of a job that logs some hundred times a second, and counts the calls that returned in a mapped file of its own.

    paced.py COUNT ENOUGH

Call i logs the metric "i" with the value i at step i. It logs until there is a file of the name ENOUGH, ends its run and prints whether
everything was published. Its rank and its job are in the variables.
"""

import mmap
import os
import sys
import time

import ostraka

path, enough = sys.argv[1:]
with open(path, "wb") as file:
    file.truncate(8)
with open(path, "r+b") as file:
    returned = memoryview(mmap.mmap(file.fileno(), 8)).cast("Q")
run = ostraka.init(project="outage", console=False, system=False, git=False)
i = 0
while i % 100 or not os.path.exists(enough):
    run.log({"i": i}, step=i)
    i += 1
    returned[0] = i
    time.sleep(0.001)
print(run.finish(timeout=180), flush=True)
