"""What a viewer fetches of a bucket: for a page with an empty cache, and while it stays open, each beside its limit.

    python3 bench/python/bucket_view.py [POINTS [MINUTES]]

A real S3 server holds one run of 50 metrics and 10 million points in merged shards, copied there as it is. A real Chromium opens the
project's page of a viewer whose cache is empty. Bytes and requests are counted by the viewer and by a proxy before the server; the limit is
1.3 times the bytes of the row groups that hold the metrics on the screen, shards below 1 MiB whole. Then 100 runs of 4 writers, ten of
them running, are watched for some minutes: at most one request a second on average. Needs `make bench`'s jar. Linux only.
"""

import collections
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "e2e"))

import s3  # noqa: E402
import shards  # noqa: E402
from browser import Browser, Window  # noqa: E402
from commands import OSTRAKA, Place, get, wait_until  # noqa: E402
from counting import Proxy  # noqa: E402

JAR = REPOSITORY / "bench" / "target" / "ostraka-bench-0.1.0.jar"
METRICS = 50
SLACK = 1.3
SMALL = 1 << 20
MOST_A_SECOND = 1.0
RUNS, RUNNING, RANKS = 100, 10, 4

RANK = """
import os, sys, time
import ostraka
rank, run, until, wait = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
run = ostraka.init("fleet", id=run, rank=rank, world_size=4, git=False, console=False)
step = 0
while True:
    run.log({"train/loss": 1 / (step + 1), "lr": 0.1 ** rank, "accuracy": step / (step + 9)}, step=step)
    step += 1
    if time.time() > until or (not wait and step == 100):
        break
    time.sleep(wait)
run.finish(timeout=600)
"""


def main():
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    minutes = float(sys.argv[2]) if len(sys.argv) > 2 else 5
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    folder = Path(tempfile.mkdtemp(prefix="ostraka-bench-"))
    place = Place(folder)
    server = s3.Server(folder / "s3")
    try:
        server.start()
        ok = cold_page(place, server, points)
        ok = open_viewer(place, server, minutes) and ok if minutes else ok
    finally:
        place.end_all()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if ok else 1)


def cold_page(place, server, points):
    large_run(place, points // METRICS)
    server.rclone("copy", str(place.root), f"{server.remote}/large")
    files = [file for file in place.root.rglob("*.parquet")]
    stored = sum(file.stat().st_size for file in files)
    way = Proxy(server.endpoint)
    browser = Browser(place.folder / "profile")
    try:
        began = time.monotonic()
        viewer, address = view(place, "large", way, server)
        window = Window(browser)
        window.open(f"{address}/?project=bench")
        on_screen = wait_until(lambda: drawn(window), "the charts", 120)
        seconds = time.monotonic() - began
        made = get(address, "/api/v1/server")["requests"]
        seen = way.count()
    finally:
        browser.close()
        way.close()
    os.killpg(viewer.pid, signal.SIGTERM)
    needed = sum(bytes_needed(file, on_screen) for file in files)
    by_store, by_server = made["received_bytes"], way.received
    print(
        f"a page of {points / 1e6:.0f} M points in {METRICS} metrics, {stored / 1e6:.1f} MB in {len(files)} shards, {len(on_screen)} metrics on the"
        f" screen: fetched {by_store / 1e6:.2f} MB by the viewer's count, {by_server / 1e6:.2f} MB over the wire with heads and listings, of row groups"
        f" of {needed / 1e6:.2f} MB: {by_store / needed:.2f} and {by_server / needed:.2f} times (limit {SLACK}); "
        f"{sum(seen.values())} requests ({', '.join(f'{count} {kind}' for kind, count in sorted(seen.items()))}), {seconds:.1f} s from the start of the viewer"
    )
    agree = {kind.upper(): made[kind] for kind in ("list", "get", "put", "head", "delete") if made[kind]} == dict(seen)
    if not agree:
        print(f"the viewer says {made}, the proxy {dict(seen)}")
    return by_server <= SLACK * needed and agree


def large_run(place, steps):
    """One writer's run in a folder, merged as an agent leaves it."""
    jars = next(line.split(maxsplit=1)[1] for line in place.ostraka("version")[1].splitlines() if line.startswith("jars "))
    command = ["java", f"-Djava.library.path={jars}", "-cp", f"{jars}/*:{JAR}", "io.ostraka.bench.ManyJournals"]
    subprocess.run([*map(str, command), place.root, place.spool, "1", str(METRICS), str(steps)], check=True)
    for command in (("publish",), ("compact", str(place.root))):
        code, _, err = place.ostraka(*command, timeout=2400)
        assert code == 0, err
    # What was merged stays for a quarter of an hour; this run is to look as it does after that.
    live = {file for stream in ("metrics", "system", "console", "texts") for file in shards.live(place.root, "bench", stream)}
    for file in place.root.rglob("*.parquet"):
        if str(file) not in live:
            file.unlink()


def drawn(window):
    """The metrics on the screen, once all of them are drawn."""
    near = window.value("[...document.querySelectorAll('.panel:has(.panel-chart)')].map(panel => panel.ariaLabel)")
    charts = window.value("document.querySelectorAll('.panel-chart:not(:has(.panel-cover))').length")
    return near if near and charts == len(near) else None


def bytes_needed(file, metrics):
    """The bytes of the row groups of a shard that hold some metrics; the whole of a small one."""
    size = file.stat().st_size
    if size < SMALL:
        return size
    names = ", ".join(f"('{name}')" for name in metrics)
    rows = shards.query(
        "WITH parts AS (SELECT row_group_id AS id, sum(total_compressed_size) AS bytes,"
        " max(stats_min_value) FILTER (path_in_schema = 'name') AS least, max(stats_max_value) FILTER (path_in_schema = 'name') AS greatest"
        f" FROM parquet_metadata('{file}') GROUP BY id), wanted(name) AS (VALUES {names})"
        " SELECT coalesce(sum(bytes), 0)::BIGINT AS bytes FROM parts WHERE EXISTS (SELECT 1 FROM wanted WHERE name BETWEEN least AND greatest)"
    )
    return rows[0]["bytes"]


def open_viewer(place, server, minutes):
    """100 runs of 4 writers of which ten go on, watched by a page."""
    root = f"s3://{s3.BUCKET}/fleet"
    where = {"OSTRAKA_ROOT": root, **server.variables()}

    def ranks(run, until, wait):
        return [place.start(sys.executable, "-c", RANK, rank, run, until, wait, stderr=subprocess.DEVNULL, **where) for rank in range(RANKS)]

    assert all(one.wait(timeout=900) == 0 for one in ranks("ended", 0, 0))
    # A copy of a run that has ended is a run.
    server.fetch("fleet/project=fleet", place.folder / "ended")
    for n in range(RUNS - RUNNING):
        shutil.copytree(place.folder / "ended" / "run=ended", place.folder / "copies" / f"run=ended-{n:03}")
    server.rclone("copy", str(place.folder / "copies"), f"{server.remote}/fleet/project=fleet")
    server.rclone("purge", f"{server.remote}/fleet/project=fleet/run=ended")
    until = time.time() + 60 * (minutes + 3)
    going = [one for n in range(RUNNING) for one in ranks(f"running-{n}", until, 0.1)]
    way = Proxy(server.endpoint)
    browser = Browser(place.folder / "profile")
    try:
        _, address = view(place, "fleet", way, server)
        window = Window(browser)
        window.open(f"{address}/?project=fleet")
        wait_until(lambda: window.value("document.querySelectorAll('.state-running').length") == RUNNING, "the running runs", 300)
        wait_until(lambda: drawn(window), "the charts", 300)
        time.sleep(30)
        opened = way.count()
        began, last = time.monotonic(), {}
        updates = collections.defaultdict(list)
        while time.monotonic() - began < 60 * minutes:
            for run in get(address, "/api/v1/runs?project=fleet")["runs"]:
                rows = sum(writer["rows"].get("metrics", 0) for writer in run["writers"])
                if run["state"] == "running" and last.get(run["run"]) != rows:
                    last[run["run"]] = rows
                    updates[run["run"]].append(time.monotonic() - began)
            time.sleep(2)
        seconds = time.monotonic() - began
        made = way.count()
        window.picture(REPOSITORY / "build" / "page-pictures" / "fleet.png")
    finally:
        browser.close()
        way.close()
    for one in going:
        one.terminate()
    rate = sum(made.values()) / seconds
    apart = sorted(b - a for times in updates.values() for a, b in zip(times, times[1:]))
    middle = apart[len(apart) // 2] if apart else float("inf")
    print(
        f"{RUNS} runs x {RANKS} writers, {RUNNING} running, a page open for {seconds / 60:.1f} min: {rate:.2f} requests a second (limit {MOST_A_SECOND:.0f});"
        f" {', '.join(f'{count} {kind}' for kind, count in sorted(made.items()))}; opening took {sum(opened.values())};"
        f" a running run's curves went on every {middle:.0f} s at the median, {apart[-1] if apart else 0:.0f} s at most"
    )
    return rate <= MOST_A_SECOND


def view(place, prefix, way, server):
    variables = {**server.variables(), "AWS_ENDPOINT_URL": way.endpoint, "OSTRAKA_CACHE": place.folder / f"cache-{prefix}"}
    return place.view(f"s3://{s3.BUCKET}/{prefix}", "--port", "0", **variables)


if __name__ == "__main__":
    main()
