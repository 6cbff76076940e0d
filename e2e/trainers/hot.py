"""Logs as fast as it can from several threads, and counts the calls that returned in a mapped file of its own.

    hot.py COUNTS THREADS [ENOUGH]

COUNTS holds one 64-bit number for each thread. Call i of thread t logs the metric "t<t>/i" with the value i at step i, and two more.
It logs until it is killed; with ENOUGH, the name of a file, slower, and until there is such a file.
"""

import mmap
import os
import sys
import threading
import time

import ostraka


def main():
    path, threads = sys.argv[1], int(sys.argv[2])
    enough = sys.argv[3] if len(sys.argv) > 3 else None
    with open(path, "wb") as file:
        file.truncate(8 * threads)
    with open(path, "r+b") as file:
        returned = memoryview(mmap.mmap(file.fileno(), 8 * threads)).cast("Q")
    run = ostraka.init(project="hot", name="hot")

    def log(thread):
        own, half, third = f"t{thread}/i", f"t{thread}/half", f"t{thread}/third"
        i = 0
        while enough is None or i % 100 or not os.path.exists(enough):
            run.log({own: i, half: i / 2, third: i / 3}, step=i)
            i += 1
            returned[thread] = i
            if enough is not None and i % 100 == 0:
                time.sleep(0.001)

    workers = [threading.Thread(target=log, args=(thread,)) for thread in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run.finish()


main()
