"""Logs as fast as it can from several threads, and counts the calls that returned in a mapped file of its own.

    hot.py COUNTS THREADS [CALLS]

COUNTS holds one 64-bit number for each thread. Call i of thread t logs the metric "t<t>/i" with the value i at step i, and two more.
Without CALLS it logs until it is killed.
"""

import mmap
import sys
import threading

import ostraka


def main():
    path, threads = sys.argv[1], int(sys.argv[2])
    calls = int(sys.argv[3]) if len(sys.argv) > 3 else None
    with open(path, "wb") as file:
        file.truncate(8 * threads)
    with open(path, "r+b") as file:
        returned = memoryview(mmap.mmap(file.fileno(), 8 * threads)).cast("Q")
    run = ostraka.init(project="hot", name="hot")

    def log(thread):
        own, half, third = f"t{thread}/i", f"t{thread}/half", f"t{thread}/third"
        i = 0
        while i != calls:
            run.log({own: i, half: i / 2, third: i / 3}, step=i)
            i += 1
            returned[thread] = i

    workers = [threading.Thread(target=log, args=(thread,)) for thread in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run.finish()


main()
