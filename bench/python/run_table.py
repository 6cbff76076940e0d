"""The table of 10,000 runs with 20 settings and 10 metrics each: a filtered and sorted page of 50, warm and from a cold start.

    python3 bench/python/run_table.py [RUNS] [FOLDER]
    python3 bench/python/run_table.py growth [RUNS] [FOLDER]     how that grows, in one line each for 10, 100, ... RUNS

Makes a root of cards and tiny shards (in FOLDER, which stays and is used again; else in a temporary one), starts the real
commands of this checkout on it, and prints beside each figure what reading the same cards' bytes costs in Python, and the same
question put to the cards by the DuckDB command line. Whatever else runs on the machine is in the figures: the first line says
how busy it was.
"""

import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
OSTRAKA = REPOSITORY / "bin" / "ostraka"
DUCKDB = Path(sys.executable).parent / "duckdb"
STARTS = 5
ASKED = 30
PROJECT = "sweep"
FILTER = "config.lr < 0.01 and summary.val/accuracy.max > 0.5 and state = finished and tag : baseline"
SORT = "-summary.val/accuracy.max,config.lr"
METRICS = ["train/loss", "train/accuracy", "val/loss", "val/accuracy", "lr", "grad_norm", "epoch", "time", "memory", "tokens"]
WRITER = "r000000-{:016x}"


def shard(folder):
    """The bytes of a shard of ten points; another writer's are the same but for its name."""
    path = folder / "template.parquet"
    names = ", ".join(f"({i}, '{name}')" for i, name in sorted(enumerate(METRICS), key=lambda pair: pair[1]))
    sql = f"""
        COPY (SELECT row::BIGINT AS row, 0::BIGINT AS step, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS time, name, 0.5::DOUBLE AS value
              FROM (VALUES {names}) AS t(row, name))
        TO '{path}' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{'ostraka.format': '1', 'ostraka.stream': 'metrics',
            'ostraka.writer': '{WRITER.format(0)}', 'ostraka.first_row': '0', 'ostraka.last_row': '{len(METRICS) - 1}'}})"""
    subprocess.run([DUCKDB, "-c", sql], check=True, stdout=subprocess.DEVNULL)
    data = path.read_bytes()
    path.unlink()
    return data


def make(root, count):
    """A root of runs that have ended, as their writers leave it."""
    random_numbers = random.Random(1)
    template = shard(root.parent)
    for number in range(count):
        writer = WRITER.format(number + 1)
        run = f"20260101-000000-{number:06d}"
        folder = root / f"project={PROJECT}" / f"run={run}" / f"writer={writer}"
        (folder / "metrics").mkdir(parents=True)
        data = template.replace(WRITER.format(0).encode(), writer.encode())
        (folder / "metrics" / f"000000000000-{len(METRICS) - 1:012d}.parquet").write_bytes(data)
        config = {f"setting_{i}": round(random_numbers.random(), 6) for i in range(15)}
        config |= {
            "lr": 10 ** random_numbers.uniform(-5, -1),
            "batch": random_numbers.choice([32, 64, 128]),
            "optimizer": {"name": random_numbers.choice(["adam", "sgd"]), "beta": 0.9},
            "amp": random_numbers.random() < 0.5,
        }
        start = f"2026-01-{1 + number % 28:02d}T{number % 24:02d}:{number % 60:02d}:00Z"
        card = {
            "format": 1, "writer": writer, "project": PROJECT, "run": run, "name": f"sweep-{number}", "rank": 0, "world_size": 1,
            "tags": ["baseline"] if number % 3 == 0 else ["other"], "group": f"g{number % 20}", "config": config, "summary": {},
            "host": "node", "process_id": number, "client": {"language": "python", "version": "3.11"},
            "command": ["train.py", "--lr", str(config["lr"])], "started_at": start, "heartbeat_at": start, "heartbeat_seconds": 10,
            "state": "running", "dropped": 0,
        }  # fmt: skip
        (folder / "writer.json").write_text(json.dumps(card))
        metrics = {}
        for name in METRICS:
            low, high = sorted(random_numbers.random() for _ in range(2))
            mean = (low + high) / 2
            metrics[name] = {"last": high, "min": low, "max": high, "mean": mean, "count": 1000, "first": low}
        card |= {
            "state": "finished" if number % 10 else "failed", "finished_at": start[:17] + "30Z",
            "rows": {"metrics": len(METRICS)}, "last_step": 0, "metrics": metrics,
        }  # fmt: skip
        (folder / "end.json").write_text(json.dumps(card))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, **more):
    query = urllib.parse.urlencode({"project": PROJECT, "filter": FILTER, "sort": SORT, "limit": 50} | more)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/table?{query}", timeout=120) as answer:
        return json.load(answer)


def start(root):
    """A viewer, as (process, port, seconds from its start to its first page of runs, the page)."""
    port = free_port()
    begun = time.monotonic()
    process = subprocess.Popen([OSTRAKA, "view", root, "--no-browser", "--port", str(port)], stdout=subprocess.DEVNULL)
    while True:
        try:
            answer = ask(port)
            return process, port, time.monotonic() - begun, answer
        except urllib.error.URLError as e:
            if process.poll() is not None or not isinstance(e.reason, ConnectionRefusedError):
                raise
            time.sleep(0.002)


def stop(process):
    process.terminate()
    process.wait(60)


def memory(process):
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0


def processor(process):
    """The processor time of a process so far, in milliseconds; unlike a clock it does not see who else is busy."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:13])) * 1000 / os.sysconf("SC_CLK_TCK")


def line(what, values, limit=None):
    values = sorted(values)
    middle = values[len(values) // 2]
    verdict = "" if limit is None else f"   limit {limit:,} ms: {'kept' if middle <= limit else 'MISSED'}"
    print(f"{what:<58}{middle:9,.0f} ms  ({values[0]:,.0f} to {values[-1]:,.0f}, {len(values)}){verdict}", flush=True)


def timed(action):
    begun = time.monotonic()
    action()
    return (time.monotonic() - begun) * 1e3


def naive(root):
    """Reads every last card and asks the same in plain Python."""
    found = []
    for path in root.glob("project=*/run=*/writer=*/end.json"):
        card = json.loads(path.read_bytes())
        best = card["metrics"]["val/accuracy"]["max"]
        if card["config"]["lr"] < 0.01 and best > 0.5 and card["state"] == "finished" and "baseline" in card["tags"]:
            found.append((-best, card["config"]["lr"], card["run"]))
    return [run for _, _, run in sorted(found)[:50]]


def by_duckdb(root):
    sql = f"""
        SELECT run FROM read_json('{root}/project=*/run=*/writer=*/end.json', columns = {{run: 'VARCHAR', state: 'VARCHAR', tags: 'VARCHAR[]',
            config: 'STRUCT(lr DOUBLE)', metrics: 'STRUCT("val/accuracy" STRUCT("max" DOUBLE))'}}, hive_partitioning = false)
        WHERE config.lr < 0.01 AND metrics."val/accuracy"."max" > 0.5 AND state = 'finished' AND list_contains(tags, 'baseline')
        ORDER BY metrics."val/accuracy"."max" DESC, config.lr LIMIT 50"""
    out = subprocess.run([DUCKDB, "-noheader", "-list", "-c", sql], check=True, capture_output=True, text=True)
    return out.stdout.split()


def bytes_alone(root):
    return sum(len(path.read_bytes()) for path in root.glob("project=*/run=*/writer=*/end.json"))


def main():
    arguments = sys.argv[1:]
    grows = arguments[:1] == ["growth"]
    arguments = arguments[grows:]
    count = int(arguments[0]) if arguments else 10_000
    temporary = None if len(arguments) > 1 else tempfile.mkdtemp(prefix="ostraka-run-table-")
    folder = Path(temporary or arguments[1])
    subprocess.run([OSTRAKA, "version"], check=True, stdout=subprocess.DEVNULL)
    try:
        if grows:
            growth(folder, count)
        else:
            measure(folder / f"root-{count}", count)
    finally:
        if temporary:
            shutil.rmtree(temporary)


def growth(folder, most):
    columns = ["first start", "cold start", "its processor", "warm page", "after a pause", "MB"]
    print(f"{'runs':>8}" + "".join(f"{column:>15}" for column in columns) + "   (ms, medians)", flush=True)
    count = 10
    while count <= most:
        root = made(folder / f"root-{count}", count)
        figures = figures_of(root, naive(root))
        cells = [statistics.median(figures[column]) for column in columns]
        print(f"{count:8,}" + "".join(f"{cell:15,.1f}" for cell in cells), flush=True)
        count *= 10


def made(root, count):
    if not root.exists():
        root.parent.mkdir(parents=True, exist_ok=True)
        make(root, count)
        time.sleep(2.5)  # A folder whose time is younger than two seconds is looked into again.
    return root


def figures_of(root, expected):
    """What the viewer takes, by name; each answer is compared with the naive one."""
    index = root / f"project={PROJECT}" / "_runs"
    index.unlink(missing_ok=True)
    figures = {}
    process, _, seconds, answer = start(root)
    assert [row["run"] for row in answer["rows"]] == expected, "the first answer is not the naive one"
    stop(process)
    figures["first start"] = [seconds * 1e3]
    figures["cold start"], figures["its processor"] = [], []
    for _ in range(STARTS):
        process, port, seconds, answer = start(root)
        figures["cold start"].append(seconds * 1e3)
        figures["its processor"].append(processor(process))
        assert [row["run"] for row in answer["rows"]] == expected, "a later answer is not the naive one"
        if len(figures["cold start"]) < STARTS:
            stop(process)
    figures["warm page"], figures["another page"], figures["after a pause"] = [], [], []
    for number in range(ASKED):
        figures["warm page"].append(timed(lambda: ask(port)))
        figures["another page"].append(timed(lambda n=number: ask(port, sort=f"config.setting_{n % 15}", offset=50 * (n % 5))))
    for _ in range(5):
        time.sleep(2.1)  # So that the viewer looks at all runs again.
        figures["after a pause"].append(timed(lambda: ask(port)))
    figures["MB"] = [memory(process)]
    stop(process)
    return figures


def measure(root, count):
    print(f"{count:,} runs; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    made(root, count)
    expected = naive(root)
    figures = figures_of(root, expected)
    line("first start ever, no stored rows: process to page", figures["first start"])
    stored = root / f"project={PROJECT}" / "_runs"
    assert stored.exists(), "no rows were stored"
    print(f"{'stored rows':<58}{stored.stat().st_size / 1e6:9.1f} MB")
    line("cold start of the viewer: process to page", figures["cold start"], 1500)
    line("  of processor time, compilers and all", figures["its processor"])
    line("warm page", figures["warm page"], 150)
    line("warm page, another order and offset", figures["another page"], 150)
    line("page after a pause, all runs looked at again", figures["after a pause"], 150)
    print(f"{'greatest memory of the viewer':<58}{figures['MB'][0]:9,.0f} MB   limit 1,024 MB: {'kept' if figures['MB'][0] <= 1024 else 'MISSED'}")
    command = [OSTRAKA, "ls", root, PROJECT, "--filter", FILTER, f"--sort={SORT}", "--limit", "50"]
    line("ostraka ls --filter --sort --limit 50", [timed(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(STARTS)])
    line("  beside: the cards' bytes, read by Python", [timed(lambda: bytes_alone(root)) for _ in range(3)])
    line("  beside: read and asked in plain Python", [timed(lambda: naive(root)) for _ in range(3)])
    assert by_duckdb(root) == expected, "DuckDB's answer is another"
    line("  beside: read_json of the cards by the DuckDB CLI", [timed(lambda: by_duckdb(root)) for _ in range(3)])


if __name__ == "__main__":
    main()
