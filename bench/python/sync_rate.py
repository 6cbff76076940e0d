"""How fast `ostraka sync` copies many small files to a bucket, beside `rclone copy` with the same concurrency.

    python3 bench/python/sync_rate.py [FILES]

Makes a root of FILES shards (10,000 if not said) of about 10 KB, real ones of a program that logs, in runs of 100; starts the S3
server of the tests; and copies the root to fresh prefixes of its bucket in turn, three times each, whole commands from start to end.
Prints the rates, and the ratio of the medians beside its limit. Needs `e2e/s3-servers.sh`, which it runs.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
OSTRAKA = REPOSITORY / "bin" / "ostraka"
sys.path.insert(0, str(REPOSITORY / "e2e"))

import s3  # noqa: E402

LIMIT = 0.7
JOBS = 8
ROUNDS = 3
SHARDS_A_RUN = 100
# Rows of ten metrics with values of 53 random bits: about 10 KB a shard.
ROWS = 1_300

LOGS = """
import random, sys, ostraka
shards, rows = int(sys.argv[1]), int(sys.argv[2])
names = [f"metric/{i}" for i in range(10)]
with ostraka.init("bench", console=False, system=False, git=False) as run:
    for shard in range(shards):
        for step in range(rows // len(names)):
            run.log({name: random.random() for name in names}, step=shard * rows + step)
        run.flush()
"""


def main():
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    folder = Path(tempfile.mkdtemp(prefix="ostraka-bench-"))
    server = s3.Server(folder / "s3")
    try:
        root = make_root(folder, files)
        found = [file for file in root.rglob("*") if file.is_file()]
        print(f"{len(found):,} files of {sum(file.stat().st_size for file in found) / len(found) / 1e3:.1f} KB on average")
        server.start()
        rates = {"rclone copy": [], "ostraka sync": []}
        for number in range(ROUNDS):
            rates["rclone copy"].append(len(found) / timed(lambda: rclone(server, root, f"rclone-{number}")))
            rates["ostraka sync"].append(len(found) / timed(lambda: sync(server, root, f"ostraka-{number}")))
            check(server, f"ostraka-{number}", len(found))
        for name, each in rates.items():
            print(f"{name}: {statistics.median(each):,.0f} files/s ({', '.join(f'{rate:,.0f}' for rate in each)}), {JOBS} at a time")
        ratio = statistics.median(rates["ostraka sync"]) / statistics.median(rates["rclone copy"])
        print(f"ostraka sync has {ratio:.2f} of rclone's rate (limit {LIMIT})")
        sys.exit(0 if ratio >= LIMIT else 1)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def make_root(folder, files):
    """One run that a program really logs, unmerged, and as many copies of it under other names as are wanted."""
    root, logged = folder / "runs", folder / "logged"
    variables = {
        **os.environ, "OSTRAKA_ROOT": str(logged), "OSTRAKA_SPOOL": str(folder / "spool"), "OSTRAKA_FLUSH_SECONDS": "600",
        "PYTHONPATH": str(REPOSITORY / "python"),
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", LOGS, str(SHARDS_A_RUN), str(ROWS)], env=variables, check=True)
    run = next(logged.glob("project=bench/run=*"))
    for number in range(files // SHARDS_A_RUN):
        copied = root / "project=bench" / f"run=run-{number:04}"
        for file in run.rglob("*"):
            if file.is_file() and not is_merged(file):
                target = copied / file.relative_to(run)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
    return root


def is_merged(file):
    """Whether the agent made the shard of others; it removes those some time later."""
    first, _, last = file.stem.partition("-")
    return file.suffix == ".parquet" and int(last) - int(first) >= ROWS


def timed(action):
    begun = time.monotonic()
    action()
    return time.monotonic() - begun


def rclone(server, root, prefix):
    server.rclone("copy", "--transfers", str(JOBS), "--checkers", str(JOBS), root, f"{server.remote}/{prefix}")


def sync(server, root, prefix):
    command = [OSTRAKA, "sync", root, f"s3://{s3.BUCKET}/{prefix}", "--jobs", str(JOBS)]
    subprocess.run(command, env={**os.environ, **server.variables()}, check=True, capture_output=True)


def check(server, prefix, files):
    listed = server.rclone("lsf", "-R", "--files-only", f"{server.remote}/{prefix}").stdout.count(b"\n")
    assert listed == files, f"{listed} of {files} files are there"


if __name__ == "__main__":
    main()
