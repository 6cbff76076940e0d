"""A root that is a bucket, on a real S3 server: logged, published, listed, shown, read by others, deleted."""

import os
import signal

import pytest

import s3
import shards
from commands import get

LOGS = """
import ostraka
with ostraka.init(project="digits", name="bucket", config={"lr": 0.5}) as run:
    print(run.id)
    for step in range(1000):
        run.log({"loss": 1 / (step + 1), "step/squared": step * step}, step=step)
    run.log({"note": "a text"})
"""


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


def test_a_java_program_publishes_into_a_bucket_by_itself(place, server):
    root = f"s3://{s3.BUCKET}/java"
    code, out, err = place.run(*place.java("Steps.java"), "5000", OSTRAKA_ROOT=root, **server.variables())
    assert code == 0, err
    assert place.journals() == []
    server.fetch("java", place.folder / "copy")
    files = shards.live(place.folder / "copy", "steps")
    counted = shards.query(f"SELECT count(*) AS n, sum(value)::BIGINT AS s FROM {shards.table(files)}")
    assert counted == [{"n": 5000, "s": sum(range(5000))}]


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
