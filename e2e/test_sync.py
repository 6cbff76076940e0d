"""Runs copied between folders and buckets by `ostraka sync`: whole, while they go on, and by syncs that are killed."""

import hashlib
import os
import signal
import sys
import time
from pathlib import Path

import pytest

import s3
import shards
import soak
from commands import OSTRAKA, TRAINERS, wait_until
from test_full_disk import way as small_disk

STREAMS = ("metrics", "texts", "console", "system")
LOGS = """
import ostraka
for name in "first", "second":
    with ostraka.init(project="digits", name=name, config={"lr": 0.5}) as run:
        for step in range(1000):
            run.log({"loss": 1 / (step + 1), "step/squared": step * step}, step=step)
        run.log({"note": "a text"})
        run.flush()
        run.log({"more": 1.0})
"""


def tree(root):
    """Every file below a folder by its path, hidden and derived ones aside."""
    return {
        str(file.relative_to(root)): file.read_bytes()
        for file in root.rglob("*")
        if file.is_file() and not any(part.startswith((".", "_")) for part in file.relative_to(root).parts)
    }


def live_tree(root):
    """The same without shards that merged ones cover, which agents remove some time later."""
    live = {str(Path(file).relative_to(root)) for stream in STREAMS for file in shards.live(root, "*", stream)}
    return {name: content for name, content in tree(root).items() if not name.endswith(".parquet") or name in live}


def log_and_merge(place):
    """Two runs that have ended, and of which the agent has merged everything."""
    code, out, err = place.python(LOGS)
    assert code == 0, err
    wait_until(lambda: not place.journals(), "everything to be published")
    wait_until(lambda: all(len(names) == 1 for names in live_names(place.root).values()), "everything to be merged")


def live_names(root):
    """The live shards of each folder of shards."""
    folders = {}
    for name in live_tree(root):
        if name.endswith(".parquet"):
            folders.setdefault(os.path.dirname(name), []).append(name)
    return folders


def sync(place, *arguments, **changes):
    code, out, err = place.ostraka("sync", *arguments, **changes)
    assert code == 0, err
    return out, err


def test_a_folder_goes_to_a_bucket_and_comes_back_as_it_was(place, server):
    log_and_merge(place)
    code, out, err = place.ostraka("tag", "first", "+good")
    assert code == 0, err
    bucket, where = f"s3://{s3.BUCKET}/a copy", server.variables()

    out, err = sync(place, place.root, bucket, **where)
    assert out.startswith("Copied ") and " of 2 runs from " in out
    assert err.startswith("Asked the bucket by ") and "PUT" in err and "LIST" in err
    server.fetch("a copy", place.folder / "fetched")
    assert tree(place.folder / "fetched") == live_tree(place.root)

    out, err = sync(place, bucket, place.folder / "back", **where)
    assert tree(place.folder / "back") == live_tree(place.root)
    code, out, err = place.ostraka("doctor", place.folder / "back")
    assert code == 0, out + err

    # Nothing is left to do: a listing of each side, and the people's edits of one run.
    out, err = sync(place, place.root, bucket, **where)
    assert out.startswith("Nothing copied") and "PUT" not in err, out + err


def test_a_running_run_is_followed_until_it_ends(place):
    counts = place.folder / "counts"
    copy = place.folder / "copy"
    trainer = place.start(
        sys.executable, TRAINERS / "hot.py", counts, "2", place.folder / "enough", stderr=None, OSTRAKA_FLUSH_SECONDS="0.5"
    )
    wait_until(lambda: list(place.root.glob("project=hot/run=*/writer=*/metrics/*.parquet")), "the first shards")
    watching = place.start(OSTRAKA, "sync", place.root, copy, "--watch")
    wait_until(lambda: list(copy.glob("project=hot/run=*/writer=*/metrics/*.parquet")), "the first shards of the copy")
    assert not list(copy.glob("project=hot/run=*/writer=*/end.json"))
    trainer.send_signal(signal.SIGKILL)
    out, err = watching.communicate(timeout=120)
    assert watching.returncode == 0, err
    assert read(copy) == read(place.root)
    assert len(list(copy.glob("project=hot/run=*/writer=*/end.json"))) == 1


def read(root):
    """What a reader reads: of each metric how many rows and a sum of all that is in them."""
    files = shards.live(root, "hot")
    assert shards.duplicates(files) == []
    return shards.query(
        f"SELECT name, count(*) AS n, bit_xor(hash(row, step, time, value))::VARCHAR AS s FROM {shards.table(files)}"
        " GROUP BY name ORDER BY name"
    )


def fill(root, runs=20, files=40):
    """A root of many small files: real shards of one run, as many runs with them."""
    source = next(root.glob("project=digits/run=*"))
    for number in range(runs):
        copied = root / "project=digits" / f"run=more-{number:03}"
        for file in source.rglob("*"):
            if file.is_file():
                target = copied / file.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
        blobs = next(copied.glob("writer=*")) / "files"
        blobs.mkdir()
        for blob in range(files):
            content = f"{number} {blob}".encode() * 100
            (blobs / f"{hashlib.sha256(content).hexdigest()}.txt").write_bytes(content)


def test_a_sync_that_is_killed_goes_on_the_next_time(place, server):
    log_and_merge(place)
    fill(place.root)
    source = live_tree(place.root)
    seeded = soak.seeded()
    for target, fetched in ((f"s3://{s3.BUCKET}/killed", place.folder / "fetched"), (place.folder / "copy",) * 2):
        for _ in range(soak.rounds(3, 20)):
            process = place.start(OSTRAKA, "sync", place.root, target, "--jobs", "4", **server.variables())
            time.sleep(seeded.uniform(0.3, 3))  # The moment of the kill.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            soak.count("a sync killed")
        sync(place, place.root, target, **server.variables())
        if fetched != target:
            server.fetch("killed", fetched)
        assert tree(fetched) == source


def test_ctrl_c_is_one_line_and_the_next_one_goes_on(place):
    code, out, err = place.python(LOGS)
    assert code == 0, err
    trainer = place.start(sys.executable, TRAINERS / "hot.py", place.folder / "counts", "1", place.folder / "enough", stderr=None)
    wait_until(lambda: list(place.root.glob("project=hot/run=*/writer=*/metrics/*.parquet")), "the first shards")
    copy = place.folder / "copy"
    watching = place.start(OSTRAKA, "sync", place.root, copy, "--watch")
    wait_until(lambda: list(copy.glob("project=digits/run=*/writer=*/end.json")), "the runs that have ended")
    watching.send_signal(signal.SIGINT)
    out, err = watching.communicate(timeout=60)
    assert watching.returncode == 130 and out == ""
    assert err.startswith("Stopped; ") and err.count("\n") == 1
    assert not [file for file in copy.rglob(".*")]
    trainer.send_signal(signal.SIGKILL)


def test_a_full_disk_at_the_target_is_one_line_and_leaves_nothing_half_written(place):
    log_and_merge(place)
    blobs = next(place.root.glob("project=digits/run=*/writer=*")) / "files"
    blobs.mkdir()
    for _ in range(8):
        content = os.urandom(8 << 20)
        (blobs / f"{hashlib.sha256(content).hexdigest()}.bin").write_bytes(content)
    mount, disk, words = small_disk(place.folder)
    copy = disk / f"copy-{os.getpid()}"
    script = f'"{OSTRAKA}" sync "{place.root}" "{copy}"; echo "code $?"; cd "{copy}"; find . -type f; rm -rf "{copy}"'
    code, out, err = place.run(*mount, "sh", "-c", script)
    code, *names = out.splitlines()
    assert code == "code 1", out + err
    assert err.startswith("ostraka: Cannot publish ") and err.count("\n") == 1, err
    assert "the disk is full" in err or "No space left" in err
    print(f"\n{len(names)} files on {words}, then: {err.strip()}")
    assert not [name for name in names if os.path.basename(name).startswith(".")]


@pytest.mark.parametrize(
    "source, target, changes, words",
    [
        ("{root}", "s3://nowhere/x", {}, "there is no bucket nowhere"),
        ("s3://nowhere/x", "{copy}", {}, "there is no bucket nowhere"),
        (f"s3://{s3.BUCKET}/empty", "{copy}", {}, "there are no runs"),
        ("{root}", f"s3://{s3.BUCKET}/x", {"AWS_SECRET_ACCESS_KEY": "wrong"}, "the secret key does not fit"),
        ("{root}", "/proc/copy", {}, "/proc/copy"),
    ],
)
def test_what_cannot_be_copied_from_or_to_is_one_line(place, server, source, target, changes, words):
    code, out, err = place.python("import ostraka\nwith ostraka.init() as run: run.log({'a': 1})")
    assert code == 0, err
    named = {"root": place.root, "copy": place.folder / "copy"}
    code, out, err = place.ostraka("sync", source.format(**named), target.format(**named), **{**server.variables(), **changes})
    assert code == 1 and out == ""
    lines = [line for line in err.splitlines() if not line.startswith("Asked the bucket")]
    assert len(lines) == 1 and lines[0].startswith("ostraka: ") and words in lines[0], err
    assert not (place.folder / "copy").exists()
