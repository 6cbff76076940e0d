"""What one ``log()`` costs, beside a bare ``struct.pack_into`` of the same record to a mapped file.

    python3 bench/python/log_latency.py [--calls 300000]

Each call is timed by itself and the cost of the timing, taken in the same process, is subtracted. "Hot" calls follow
each other; "cold" ones come once per millisecond of other work on a list larger than the caches.
"""

import argparse
import contextlib
import gc
import io
import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python"))

import ostraka  # noqa: E402

NAMES = [f"train/metric_{i}" for i in range(100)]
FILE_BYTES = 64 << 20


class Bare:
    """A record of the same size, packed straight into a mapped file, whole and allocated before."""

    def __init__(self, folder, count):
        self.record = struct.Struct(f"<IIQqq{count}d")
        with open(os.path.join(folder, f"bare-{count}"), "w+b") as file:
            os.posix_fallocate(file.fileno(), 0, FILE_BYTES)
            self.memory = mmap.mmap(file.fileno(), FILE_BYTES)
        self.offset = 0

    def log(self, data, step):
        offset = self.offset
        self.record.pack_into(self.memory, offset, 0xA5000000, 0, 3, step, 12345, *data.values())
        self.offset = (offset + self.record.size) % (FILE_BYTES - self.record.size)


def timer_cost():
    """The median of two clock readings one after the other, in nanoseconds."""
    clock = time.perf_counter_ns
    taken = []
    for _ in range(50_000):
        begun = clock()
        taken.append(clock() - begun)
    return sorted(taken)[len(taken) // 2]


def hot(log, names, calls):
    """Times calls that follow each other, each with a new dictionary; in nanoseconds."""
    clock = time.perf_counter_ns
    taken = [0] * calls
    values = dict.fromkeys(names, 0.5)
    for step in range(calls):
        data = dict(values)
        begun = clock()
        log(data, step)
        taken[step] = clock() - begun
    return taken


def cold(log, names, calls):
    """Times calls with a millisecond of other work before each; in nanoseconds."""
    clock = time.perf_counter_ns
    taken = []
    work = [float(i) for i in range(1 << 20)]
    values = dict.fromkeys(names, 0.5)
    place = 0
    for step in range(calls):
        until = clock() + 1_000_000
        while clock() < until:
            sum(work[place : place + 4096])
            place = (place + 4096) % len(work)
        data = dict(values)
        begun = clock()
        log(data, step)
        taken.append(clock() - begun)
    return taken


def line(title, taken, cost):
    """Prints percentiles in microseconds and returns the median."""
    ordered = sorted(max(0, one - cost) for one in taken)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * q))] / 1000 for q in (0.5, 0.99, 0.999)]
    print(f"{title:<34} p50 {at[0]:7.2f}   p99 {at[1]:7.2f}   p99.9 {at[2]:7.2f}   max {ordered[-1] / 1000:9.1f} µs")
    return at[0]


def pretended_agent(spool):
    """A process that holds the agent's lock and does nothing, so that no agent takes part of the machine."""
    os.makedirs(spool, mode=0o700)
    hold = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); time.sleep(1e6)"
    process = subprocess.Popen([sys.executable, "-c", hold, f"{spool}/agent.lock"], stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def main():
    """Prints a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--calls", type=int, default=300_000, help="hot calls a case (default: %(default)s)")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="ostraka-bench-", dir=os.environ.get("OSTRAKA_BENCH_FOLDER", "/var/tmp"))
    with_agent = pretended_agent(f"{folder}/spool")
    gc.disable()  # as little as possible of the bench itself in the figures; log() makes no garbage cycles
    try:
        cost = timer_cost()
        print(f"Python {sys.version.split()[0]}, the clock's own {cost} ns subtracted, {arguments.calls} hot calls a case")
        run = ostraka.init("bench", root=f"{folder}/root", spool=f"{folder}/spool", console=False, system=False, git=False)
        for count in (1, 3, 10, 100):
            names, calls = NAMES[:count], arguments.calls if count < 100 else arguments.calls // 4
            bare = Bare(folder, count)
            hot(run.log, names, 20_000)
            ours = line(f"hot, {count} metrics", hot(run.log, names, calls), cost)
            theirs = line(f"hot, {count} doubles, bare pack_into", hot(bare.log, names, calls), cost)
            print(f"{'':<34} ratio {ours / theirs:.1f}")
        bare = Bare(folder, 3)
        ours = line("cold, 3 metrics", cold(run.log, NAMES[:3], 5_000), cost)
        theirs = line("cold, 3 doubles, bare pack_into", cold(bare.log, NAMES[:3], 5_000), cost)
        print(f"{'':<34} ratio {ours / theirs:.1f}")
        assert run.dropped == 0
        with contextlib.redirect_stderr(io.StringIO()):  # where it would say that nothing was published
            run.finish(timeout=0)
    finally:
        with_agent.terminate()
        with_agent.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
