"""The viewer on a bucket: from another process with an empty cache, on a slow server, on one that goes away, and what all that asks of the server."""

import json
import os
import re
import signal
import sys
import time
import urllib.error
import urllib.request

import pytest

import s3
from browser import Browser, Window
from commands import OSTRAKA, REPOSITORY, get, wait_until
from counting import Proxy

PICTURES = REPOSITORY / "build" / "page-pictures"
RUNS_OF_THE_DEMO = 6
SLOW_SECONDS = 0.2

# Logs until it is told to stop, and tells how far it is.
# Logs until the file that it is given is there. While there is one of that name and ".pause", what was logged is published, and nothing more.
TRAINS = """
import ostraka, os, sys, time
with ostraka.init(project="digits", name="goes on") as run:
    print(run.id, flush=True)
    step = 0
    while not os.path.exists(sys.argv[1]):
        run.log({"loss": 1 / (step + 1), "rate": 0.5}, step=step)
        step += 1
        time.sleep(0.02)
        if os.path.exists(sys.argv[1] + ".pause"):
            assert run.flush()
            print(step - 1, flush=True)
            while os.path.exists(sys.argv[1] + ".pause"):
                time.sleep(0.02)
"""

LOGS = """
import ostraka, sys
for number in range(int(sys.argv[1])):
    with ostraka.init(project="digits", name=f"run {number}") as run:
        for step in range(300):
            run.log({"loss": 1 / (step + 1 + number), "rate": 0.5 ** number}, step=step)
        print("a line")
"""

CHARTS = "document.querySelectorAll('.panel-chart:not(:has(.panel-cover))').length"
RUNNING = "document.querySelectorAll('.state-running').length"
AWAY = "[...document.querySelectorAll('.note-away')].map(note => note.innerText.trim())"
MISSING = "document.querySelector('.note-problems summary')?.innerText.trim() ?? ''"
REQUESTS = "document.querySelector('.requests')?.innerText ?? ''"


@pytest.fixture
def way(server):
    """The way to the server, which counts and can be slow or closed."""
    way = Proxy(server.endpoint)
    try:
        yield way
    finally:
        way.close()


@pytest.fixture
def window(place):
    browser = Browser(place.folder / "profile")
    try:
        yield Window(browser)
    finally:
        browser.close()


def through(way, server, **more):
    return {**server.variables(), "AWS_ENDPOINT_URL": way.endpoint, **more}


def view(place, root, **changes):
    """A viewer with a cache of its own, which is empty."""
    return place.view(root, "--port", "0", OSTRAKA_CACHE=place.folder / f"cache-{os.urandom(4).hex()}", **changes)


def seen(window, expression):
    """What is on the page; asked not too often, since whoever waits for it takes from the others."""
    time.sleep(0.1)
    return window.value(expression)


def asked_by_page(address):
    made = get(address, "/api/v1/server")["requests"]
    return {kind.upper(): made[kind] for kind in ("list", "get", "put", "head", "delete") if made[kind]}


def series(address, run, metric):
    """Whether the viewer has bins of a metric."""
    with urllib.request.urlopen(f"{address}/api/v1/series?project=digits&run={run}&bins=10&metric={metric}", timeout=60) as answer:
        return len(answer.read()) > 100


def test_the_demo_in_a_bucket_is_watched_from_another_process_with_an_empty_cache(place, server, window):
    root = f"s3://{s3.BUCKET}/demo"
    demo = place.start(
        OSTRAKA, "demo", "--once", "--no-browser", "--port", "0", "--root", root, stderr=None, **server.variables()
    )
    _, address = view(place, root, **server.variables())
    window.open(f"{address}/?project=digits")
    wait_until(lambda: seen(window, RUNNING), "a run that is running on the page", 120)
    wait_until(lambda: seen(window, CHARTS) > 3, "charts", 60)
    for _ in demo.stdout:
        pass
    assert demo.wait(timeout=120) == 0
    finished = "document.querySelectorAll('.sidebar .state-finished').length"
    wait_until(lambda: seen(window, finished) == RUNS_OF_THE_DEMO and not window.value(RUNNING), "all runs to be finished", 120)
    assert re.match(r"[\d,]+\s+requests", window.value(REQUESTS))
    assert window.value(AWAY) == []
    window.picture(PICTURES / "bucket.png")
    assert asked_by_page(address).keys() == {"LIST", "GET"}


def test_a_server_that_goes_while_a_page_is_open_is_one_line_until_it_is_back(place, server, way, window):
    root = f"s3://{s3.BUCKET}/away"
    enough = place.folder / "enough"
    trainer = place.start(sys.executable, "-c", TRAINS, enough, stderr=None, OSTRAKA_ROOT=root, OSTRAKA_FLUSH_SECONDS=1, **server.variables())
    run = trainer.stdout.readline().strip()
    wait_until(lambda: b".parquet" in server.rclone("lsf", "-R", f"{server.remote}/away", check=False).stdout, "a shard")
    _, address = view(place, root, **through(way, server))
    window.open(f"{address}/?project=digits")
    wait_until(lambda: seen(window, CHARTS) == 2, "two charts")
    pause = place.folder / "enough.pause"
    pause.touch()
    paused_at = int(trainer.stdout.readline())
    wait_until(lambda: last_step(address, run) == paused_at, "the viewer to have seen all that there is", 120)
    assert series(address, run, "loss")

    way.down()
    lines = wait_until(lambda: seen(window, AWAY), "the page to say that the bucket is away", 120)
    assert len(lines) == 1 and lines[0].startswith("The bucket does not answer") and way.endpoint in lines[0]
    assert window.value(CHARTS) == 2, "what was there stays"
    assert series(address, run, "loss"), "and can be zoomed"
    window.picture(PICTURES / "bucket-away.png")

    way.up()
    wait_until(lambda: not seen(window, AWAY), "the line to go", 120)
    pause.unlink()
    wait_until(lambda: last_step(address, run) > paused_at, "new points", 120)
    enough.touch()
    assert trainer.wait(timeout=60) == 0


def test_what_was_never_fetched_is_named_while_the_server_is_away_and_comes_by_itself(place, server, window):
    root = f"s3://{s3.BUCKET}/half"
    variables = {"OSTRAKA_ROOT": root, **server.variables()}
    code, _, err = place.python(LOGS, "1", **variables)
    assert code == 0, err
    _, address = view(place, root, **server.variables())
    (first,) = listed(address)
    assert series(address, first, "loss")
    # Somebody who follows, so that the viewer knows what is listed.
    with urllib.request.urlopen(f"{address}/api/v1/events?project=digits", timeout=60):
        code, _, err = place.python(LOGS, "1", **variables)
        assert code == 0, err
        second = wait_until(lambda: listed(address) - {first}, "the second run", 60).pop()
        server.stop()

        both = f"series?project=digits&run={first}&run={second}&metric=loss&bins=10"
        status, tag, head = answered(address, both)
        assert status == 200 and [line["run"] for line in head["series"]] == [first]
        (problem,) = head["problems"]
        assert f"/run={second}/" in problem["key"] and problem["key"].endswith(".parquet")
        assert f"nothing answers at {server.endpoint}" in problem["message"] and "\n" not in problem["message"]
        status, _, table = answered(address, "table?project=digits")
        assert status == 200 and len(table["rows"]) == 2
        status, _, said = answered(address, f"series?project=digits&run={second}&metric=loss")
        assert status == 503 and f"nothing answers at {server.endpoint}" in said["error"]

        window.open(f"{address}/?project=digits")
        assert wait_until(lambda: seen(window, MISSING), "the page to say what is missing", 60).startswith("1 file left out or missing")
        assert wait_until(lambda: seen(window, CHARTS) == 2, "the charts of what is there", 60)
        server.start()
        wait_until(lambda: not seen(window, MISSING), "the rest to come by itself", 180)

        status, after, head = answered(address, both, tag)
        assert status == 200 and {line["run"] for line in head["series"]} == {first, second} and not head["problems"]
        assert answered(address, both, after)[0] == 304


def listed(address):
    return {run["run"] for run in get(address, "/api/v1/runs?project=digits")["runs"]}


def answered(address, path, tag=None):
    """The status, the tag and the JSON of an answer, or of its head."""
    asked = urllib.request.Request(f"{address}/api/v1/{path}", headers={"If-None-Match": tag} if tag else {})
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            status, tag, body = answer.status, answer.headers["ETag"], answer.read()
    except urllib.error.HTTPError as refusal:
        status, tag, body = refusal.code, None, refusal.read()
    if path.startswith("series") and status == 200:
        body = body[4 : 4 + int.from_bytes(body[:4], "little")]
    return status, tag, json.loads(body or "null")


def last_step(address, run):
    found = get(address, f"/api/v1/metrics?project=digits&run={run}")["metrics"]
    return max(metric["last_step"] for metric in found)


def test_a_shard_that_is_deleted_below_the_reader_costs_its_points_and_nothing_else(place, server):
    root = f"s3://{s3.BUCKET}/deleted"
    code, _, err = place.python(LOGS, "2", OSTRAKA_ROOT=root, **server.variables())
    assert code == 0, err
    _, address = view(place, root, **server.variables())
    runs = [run["run"] for run in get(address, "/api/v1/runs?project=digits")["runs"]]
    assert len(runs) == 2
    server.rclone("delete", f"{server.remote}/deleted/project=digits/run={runs[0]}", "--include", "*.parquet")
    found = wait_until(lambda: get(address, "/api/v1/metrics?project=digits")["metrics"], "an answer")
    assert {metric["name"]: metric["runs"] for metric in found} == {"loss": [runs[1]], "rate": [runs[1]]}


def test_a_slow_bucket_is_asked_for_many_things_at_once(place, server, way, window):
    root = f"s3://{s3.BUCKET}/slow"
    code, _, err = place.python(LOGS, "20", OSTRAKA_ROOT=root, **server.variables())
    assert code == 0, err
    way.delay = SLOW_SECONDS
    _, address = view(place, root, **through(way, server))
    way.waits()
    window.open(f"{address}/?project=digits")
    wait_until(lambda: seen(window, CHARTS) == 2, "two charts")
    made, after = way.count(), way.waits()
    print(f"\na page of 20 runs, {SLOW_SECONDS} s a request: {sum(made.values())} requests, {after:.0f} of them one after the other")
    # A listing, the cards, the shards; and once more what a page asks that connects.
    assert sum(made.values()) >= 41 and after <= 10


def test_what_a_command_says_that_it_asked_is_what_the_server_was_asked(place, server, way):
    root = f"s3://{s3.BUCKET}/counted"
    where = {"OSTRAKA_ROOT": root, **through(way, server)}

    def agrees(*command, code=0):
        way.count()
        ended, _, err = place.ostraka(*command, **where)
        assert ended == code, err
        said = [line for line in err.splitlines() if line.startswith("Asked the bucket by ")]
        seen = {kind: count for kind, count in way.count().items() if count}
        assert len(said) == 1 and _counts(said[0]) == seen, f"{command} said {said}, the server saw {seen}"
        print(f"\n{command[0]}: {said[0]}", end="")
        return sum(seen.values())

    code, _, err = place.python(LOGS, "3", OSTRAKA_COMMAND="/nonexistent/ostraka", **where)
    assert code == 0, err
    assert place.journals(), "there was no agent that could publish"
    agrees("publish")
    assert not place.journals()
    agrees("ls", root)
    of_runs = agrees("ls", root, "digits")
    assert of_runs <= 1 + 3, "one listing and the last card of each run"
    agrees("compact", root)
    agrees("doctor", root)
    agrees("status", root)
    run = place.ostraka("ls", root, "digits", "--json", **where)[1]
    run = re.search(r'"run" *: *"([^"]+)"', run)[1]
    agrees("rename", "--root", root, run, "another")
    agrees("rm", "--root", root, "--now", "--yes", run)

    way.count()
    viewer, address = view(place, root, **through(way, server))
    left = [run["run"] for run in get(address, "/api/v1/runs?project=digits")["runs"]]
    assert len(left) == 2 and run not in left
    assert len(get(address, "/api/v1/metrics?project=digits")["metrics"]) == 2
    assert series(address, left[0], "loss")
    assert asked_by_page(address) == {kind: count for kind, count in way.count().items() if count}
    print(f"\nview: {asked_by_page(address)}")
    os.killpg(viewer.pid, signal.SIGTERM)


def _counts(line):
    return {kind: int(count) for count, kind in re.findall(r"(\d+) (LIST|GET|PUT|HEAD|DELETE)", line)}
