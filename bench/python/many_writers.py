"""Many writers through one agent, and a run of 100,000 metrics: points a second and the agent's memory, each beside its limit.

    python3 bench/python/many_writers.py

Fills a spool as 64 ranks would that have ended (1,000 metrics, 100 steps each), starts the real agent of this checkout on it, and
waits until everything is published. The rate is that from the first log call to the last publish; beside it stands what one
writer's drainer does in the same run of this benchmark, on one thread and warm. Whatever else runs on the machine is in the figures: the
first line says how busy it was. Linux only: it reads /proc. Needs `make bench`'s jar.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
OSTRAKA = REPOSITORY / "bin" / "ostraka"
JAR = REPOSITORY / "bench" / "target" / "ostraka-bench-0.1.0.jar"

RATE_LIMIT = 1e6
MEMORY_LIMIT_MB = 512
WRITERS, METRICS, STEPS = 64, 1_000, 100
MANY_METRICS, MANY_STEPS = 100_000, 10


def main():
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    jars = jars_of_the_application()
    one = one_writer(jars)
    ok = many_writers(jars, one)
    ok = many_metrics(jars) and ok
    sys.exit(0 if ok else 1)


def jars_of_the_application():
    out = subprocess.run([OSTRAKA, "version"], capture_output=True, text=True, check=True).stdout
    return next(line.split(maxsplit=1)[1] for line in out.splitlines() if line.startswith("jars "))


def java(jars, name, *arguments):
    """Runs a benchmark's class with the application's own jars and the agent's own settings."""
    command = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m", "-Xmn12m", f"-Djava.library.path={jars}"]
    command += ["-cp", f"{jars}/*:{JAR}", f"io.ostraka.bench.{name}", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def one_writer(jars):
    out = java(jars, "DrainBench", 7, "drain")
    rate = float(re.search(r"^warm, float32.*?([\d.]+) M points/s", out, re.M)[1]) * 1e6
    print(f"one writer, one thread, warm: {rate / 1e6:.2f} M points/s")
    return rate


def many_writers(jars, one):
    points = WRITERS * METRICS * STEPS
    seconds, processor, memory, _ = publish(jars, WRITERS, METRICS, STEPS)
    rate = points / seconds
    print(
        f"{WRITERS} writers x {METRICS:,} metrics x {STEPS} steps: {rate / 1e6:.2f} M points/s from the first log call to the last publish"
        f" (limit 1.00), {rate / one:.2f} of one warm writer's rate; agent {points / processor / 1e6:.2f} M points a second of"
        f" processor time, at most {memory:.0f} MB (limit {MEMORY_LIMIT_MB})"
    )
    return rate >= RATE_LIMIT and memory <= MEMORY_LIMIT_MB


def many_metrics(jars):
    points = MANY_METRICS * MANY_STEPS
    seconds, _, memory, names = publish(jars, 1, MANY_METRICS, MANY_STEPS)
    print(
        f"one run of {MANY_METRICS:,} metrics: {points / seconds / 1e6:.2f} M points/s, agent at most {memory:.0f} MB"
        f" (limit {MEMORY_LIMIT_MB}), summaries of {names:,} metrics"
    )
    return memory <= MEMORY_LIMIT_MB and names == 10_000


def publish(jars, writers, metrics, steps):
    """Has an agent publish journals that are there when it begins.

    :return: seconds from the first log call, the agent's processor time and peak memory in MB, and the summaries in the first last card
    """
    folder = Path(tempfile.mkdtemp(prefix="ostraka-bench-"))
    root, spool = folder / "runs", folder / "spool"
    begun = time.monotonic()
    java(jars, "ManyJournals", root, spool, writers, metrics, steps)
    agent = subprocess.Popen([OSTRAKA, "agent", "--spool", spool], env={**os.environ, "OSTRAKA_NO_BUILD": "1"})
    try:
        while any(spool.glob("*.journal")):
            if agent.poll() is not None or time.monotonic() - begun > 600:
                raise SystemExit(f"The agent did not publish everything; see {spool}/agent.log")
            time.sleep(0.01)
        seconds = time.monotonic() - begun
        status = Path(f"/proc/{agent.pid}/status").read_text()
        times = Path(f"/proc/{agent.pid}/stat").read_text().rsplit(")", 1)[1].split()
        processor = (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")
    finally:
        agent.terminate()
        agent.wait()
    ends = [json.loads(end.read_bytes()) for end in root.glob("project=bench/run=run/writer=*/end.json")]
    assert len(ends) == writers and all(end["rows"]["metrics"] == metrics * steps for end in ends), "rows are missing"
    shutil.rmtree(folder)
    return seconds, processor, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024, len(ends[0]["metrics"])


if __name__ == "__main__":
    main()
