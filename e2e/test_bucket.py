"""A root that is a bucket, on a real S3 server: logged, published, listed, shown, read by others, deleted."""

import os
import signal
import struct
import sys
import time

import pytest

import s3
import shards
from commands import TRAINERS, get, wait_until

THREADS = 2
# How long the server is away in the middle of a training; `make soak` gives it longer.
AWAY_SECONDS = 60 if os.environ.get("OSTRAKA_SOAK_SECONDS") else 5

LOGS = """
import ostraka
with ostraka.init(project="digits", name="bucket", config={"lr": 0.5}) as run:
    print(run.id)
    for step in range(1000):
        run.log({"loss": 1 / (step + 1), "step/squared": step * step}, step=step)
    run.log({"note": "a text"})
"""


@pytest.fixture
def server(place):
    server = s3.Server(place.folder / "s3")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def test_a_run_in_a_bucket_is_listed_shown_read_by_others_and_deleted(place, server):
    root = f"s3://{s3.BUCKET}/team a"
    where = {"OSTRAKA_ROOT": root, **server.variables()}
    code, out, err = place.python(LOGS, **where)
    assert code == 0, err
    run = out.strip()

    code, out, err = place.ostraka("ls", root, "digits", **where)
    assert code == 0, err
    line = next(line for line in out.splitlines() if run in line)
    assert "finished" in line and "2,000" in line
    assert err.startswith("Asked the bucket by ") and "LIST" in err

    process, address = place.view(root, "--port", "0", **where)
    found = get(address, f"/api/v1/metrics?project=digits&run={run}")
    assert {metric["name"]: metric["count"] for metric in found["metrics"]} == {"loss": 1000, "step/squared": 1000}
    points = get(address, f"/api/v1/points?project=digits&run={run}&metric=step%2Fsquared&from=990")["points"]
    assert [point["value"] for point in points] == [step * step for step in range(990, 1000)]
    os.killpg(process.pid, signal.SIGTERM)

    server.fetch("team a", place.folder / "copy")
    files = shards.live(place.folder / "copy", "digits")
    assert shards.duplicates(files) == []
    sums = f"SELECT count(*) AS n, sum(value)::BIGINT AS s FROM {shards.table(files)} WHERE name = 'step/squared'"
    assert shards.query(sums) == [{"n": 1000, "s": sum(step * step for step in range(1000))}]

    code, out, err = place.ostraka("rename", "--root", root, run, "renamed", **where)
    assert code == 0, err
    assert "renamed" in place.ostraka("ls", root, "digits", **where)[1]
    code, out, err = place.ostraka("rm", "--root", root, "--now", "--yes", run, **where)
    assert code == 0, err
    assert b"writer=" not in server.rclone("lsf", "-R", f"{server.remote}/team a").stdout


def test_a_server_that_goes_and_a_trainer_that_is_killed_meanwhile_lose_nothing(place, server):
    root = f"s3://{s3.BUCKET}/hot"
    where = {"OSTRAKA_ROOT": root, "OSTRAKA_FLUSH_SECONDS": "1", **server.variables()}
    counts = place.folder / "counts"
    trainer = place.start(
        sys.executable, TRAINERS / "hot.py", counts, str(THREADS), place.folder / "enough", stderr=None, **where
    )
    wait_until(lambda: _shards(server, "hot"), "the first shards")
    server.stop()
    before = _returned(counts)
    time.sleep(AWAY_SECONDS)  # The outage itself: nothing waits for it.
    assert trainer.poll() is None and min(_returned(counts)) > max(before) // 2
    os.killpg(trainer.pid, signal.SIGKILL)
    trainer.wait()
    returned = _returned(counts)
    assert place.journals()
    server.start()
    wait_until(lambda: not place.journals(), "everything to be published", 120)

    server.fetch("hot", place.folder / "copy")
    files = shards.live(place.folder / "copy", "hot")
    assert shards.duplicates(files) == []
    rows = shards.query(
        "SELECT name, count(*) AS n, count(DISTINCT step) AS steps, max(step) AS last"
        f" FROM {shards.table(files)} WHERE name LIKE 't%/i' AND value = step GROUP BY name ORDER BY name"
    )
    print(f"{sum(returned)} calls returned, {sum(row['n'] for row in rows)} are there, server away {AWAY_SECONDS} s")
    for thread, row in enumerate(rows):
        assert row["n"] == row["steps"] == row["last"] + 1
        assert row["n"] in (returned[thread], returned[thread] + 1)  # killed between log() and counting
    assert len(rows) == THREADS


def test_a_java_program_publishes_into_a_bucket_by_itself(place, server):
    root = f"s3://{s3.BUCKET}/java"
    code, out, err = place.run(*place.java("Steps.java"), "5000", OSTRAKA_ROOT=root, **server.variables())
    assert code == 0, err
    assert place.journals() == []
    server.fetch("java", place.folder / "copy")
    files = shards.live(place.folder / "copy", "steps")
    counted = shards.query(f"SELECT count(*) AS n, sum(value)::BIGINT AS s FROM {shards.table(files)}")
    assert counted == [{"n": 5000, "s": sum(range(5000))}]


def _returned(counts):
    return struct.unpack(f"{THREADS}Q", counts.read_bytes()) if counts.exists() else (0,) * THREADS


def _shards(server, prefix):
    return b".parquet" in server.rclone("lsf", "-R", f"{server.remote}/{prefix}", check=False).stdout


@pytest.mark.parametrize(
    "root, changes, words",
    [
        (f"s3://{s3.BUCKET}/x", {"AWS_SECRET_ACCESS_KEY": "wrong"}, "the secret key does not fit"),
        ("s3://nowhere/x", {}, "there is no bucket nowhere"),
        (f"s3://{s3.BUCKET}/x", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "nothing answers at http://127.0.0.1:1"),
        (f"s3://{s3.BUCKET}//x", {}, "write s3://BUCKET/PREFIX"),
        (f"s3://{s3.BUCKET}/x", {"AWS_ENDPOINT_URL": "here"}, "AWS_ENDPOINT_URL"),
    ],
)
def test_what_is_wrong_with_a_bucket_is_one_line(place, server, root, changes, words):
    code, out, err = place.ostraka("ls", root, **{**server.variables(), **changes})
    assert code in (1, 2) and out == ""
    lines = [line for line in err.splitlines() if not line.startswith("Asked the bucket")]
    assert len(lines) == 1 and lines[0].startswith("ostraka: ") and words in lines[0]
