"""The S3 server is away in the middle of a training of four ranks, and one of them is killed meanwhile: every row arrives once."""

import json
import os
import signal
import struct
import sys
import time

import s3
import shards
from commands import TRAINERS, get, wait_until

RANKS, KILLED = 4, 2
AWAY_SECONDS = 300 if os.environ.get("OSTRAKA_SOAK") else 20


def test_a_server_that_goes_for_a_while_and_a_rank_that_is_killed_meanwhile_lose_nothing(place, server):
    root = f"s3://{s3.BUCKET}/team"
    where = {"OSTRAKA_ROOT": root, "OSTRAKA_FLUSH_SECONDS": "2", **server.variables()}
    enough = place.folder / "enough"
    counts = [place.folder / f"count-{rank}" for rank in range(RANKS)]
    ranks = [
        place.start(
            sys.executable, TRAINERS / "paced.py", counts[rank], enough,
            RANK=rank, WORLD_SIZE=RANKS, OSTRAKA_RUN_ID="job", **where,
        )
        for rank in range(RANKS)
    ]  # fmt: skip
    wait_until(lambda: _ranks_with_shards(server) == set(range(RANKS)), "shards of every rank", 120)

    server.stop()
    before = [_returned(count) for count in counts]
    stopped = time.monotonic()
    time.sleep(AWAY_SECONDS / 2)  # The outage itself: nothing waits for it.
    ranks[KILLED].send_signal(signal.SIGKILL)
    ranks[KILLED].wait()
    _status_says_that_the_server_is_away(place, server, where)
    time.sleep(max(0.0, stopped + AWAY_SECONDS - time.monotonic()))
    during = [_returned(count) for count in counts]
    # A rank alone logs some hundred calls a second; a call that waited for the server would show.
    assert all(after > then + 20 * AWAY_SECONDS for rank, (then, after) in enumerate(zip(before, during)) if rank != KILLED)
    server.start()

    wait_until(lambda: len(place.journals()) == RANKS - 1, "the killed rank to be published", 180)
    enough.touch()
    for rank in range(RANKS):
        if rank != KILLED:
            out, err = ranks[rank].communicate(timeout=180)
            assert (ranks[rank].returncode, out) == (0, "True\n"), err
    returned = [_returned(count) for count in counts]
    wait_until(lambda: not place.journals(), "everything to be published", 180)

    server.fetch("team", place.folder / "copy")
    files = shards.live(place.folder / "copy", "outage")
    assert shards.duplicates(files) == []
    rows = shards.query(
        "SELECT writer[2:7]::INT AS rank, count(*)::BIGINT AS n, count(DISTINCT step)::BIGINT AS steps, max(step) AS last"
        f" FROM {shards.table(files)} WHERE name = 'i' AND value = step GROUP BY rank ORDER BY rank"
    )
    assert [row["rank"] for row in rows] == list(range(RANKS))
    for rank, row in enumerate(rows):
        assert row["n"] == row["steps"] == row["last"] + 1
        # A rank may be killed between log() and counting.
        assert row["n"] - returned[rank] in ((0, 1) if rank == KILLED else (0,)), f"rank {rank}"
    states = {card["rank"]: (card["state"], card.get("failure")) for _, _, card in shards.writers(place.folder / "copy", "outage")}
    assert states == {rank: ("failed", "process died") if rank == KILLED else ("finished", None) for rank in range(RANKS)}
    shown = sum(after - then for then, after in zip(before, during))
    print(
        f"\nserver away {AWAY_SECONDS} s: {sum(returned)} calls returned, {shown} of them meanwhile,"
        f" {sum(row['n'] for row in rows)} rows are there once"
    )


def test_a_viewer_says_that_the_server_is_away_and_goes_on_when_it_is_back(place, server):
    where = {"OSTRAKA_ROOT": f"s3://{s3.BUCKET}/team", **server.variables()}
    code, _, err = place.python("import ostraka\nwith ostraka.init('seen', id='r') as run: run.log({'loss': 1.0})", **where)
    assert code == 0, err
    _, address = place.view(where["OSTRAKA_ROOT"], "--port", "0", **where)
    assert [run["run"] for run in get(address, "/api/v1/runs?project=seen")["runs"]] == ["r"]
    server.stop()
    code, out, err = place.ostraka("ls", where["OSTRAKA_ROOT"], **where)
    assert code == 1 and f"nothing answers at {server.endpoint}" in err
    server.start()
    wait_until(lambda: get(address, "/api/v1/metrics?project=seen&run=r")["metrics"], "the viewer to go on")


def _status_says_that_the_server_is_away(place, server, where):
    """What waits and why is said while the root cannot be read, for people and for programs."""
    code, out, err = place.ostraka("status", **where)
    assert code == 1 and err.count(f"nothing answers at {server.endpoint}") == 1, err
    assert "Agent: running" in out
    assert len([line for line in out.splitlines() if "nothing answers at" in line]) == RANKS, out
    code, out, err = place.ostraka("status", "--json", **where)
    status = json.loads(out)
    assert code == 1 and "nothing answers at" in status["root_error"]
    journals = {journal["rank"]: journal for journal in status["spool"]["journals"]}
    assert sorted(journals) == list(range(RANKS))
    for rank, journal in journals.items():
        assert journal["waiting_bytes"] > 0 and journal["dropped"] == 0 and "nothing answers at" in journal["error"]
        assert journal["state"] == ("dead" if rank == KILLED else "alive")


def _ranks_with_shards(server):
    listed = server.rclone("lsf", "-R", f"{server.remote}/team", check=False).stdout.decode().splitlines()
    return {int(file.split("writer=r")[1][:6]) for file in listed if file.endswith(".parquet") and "/metrics/" in file}


def _returned(count):
    return struct.unpack("Q", count.read_bytes())[0] if count.exists() and count.stat().st_size else 0
