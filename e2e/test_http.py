"""The viewer's HTTP interface over a root with everything in it: a fuzzer that knows its description, Arrow, and SQL with limits."""

import http.client
import json
import math
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pyarrow.ipc
import pytest

import http_schema
import soak
from commands import TRAINERS, fresh_place, get, wait_until

PROJECT = "größe & 50% / été"
ODD = "run ü? #1"
_FUZZED = (sys.executable, TRAINERS / "fuzzed.py", PROJECT, ODD)
_ARROW = "application/vnd.apache.arrow.stream"


@pytest.fixture(scope="module")
def viewed():
    """The address of a viewer over finished, failed, forked and running runs."""
    with fresh_place() as place:
        code, _, err = place.run(*_FUZZED, timeout=300)
        assert code == 0, err
        wait_until(lambda: not place.journals(), "everything to be published", 120)
        running = place.start(*_FUZZED, "running", stdin=True)
        wait_until(lambda: "ready" in running.stderr.readline(), "the running run", 120)
        _, address = place.view(place.root)
        yield address


def ask(address, path, *pairs, **headers):
    """(status, headers, body) of a path, whose parameters are given as pairs."""
    query = urllib.parse.urlencode(pairs)
    request = urllib.request.Request(f"{address}/api/v1/{path}?{query}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


def arrow(address, path, *pairs):
    """An answer as (table, what is said beside it)."""
    status, headers, body = ask(address, path, *pairs, ("format", "arrow"))
    assert status == 200 and headers["Content-Type"] == _ARROW, body
    table = pyarrow.ipc.open_stream(body).read_all()
    return table, json.loads(table.schema.metadata[b"ostraka"])


def test_a_fuzzer_that_knows_the_description_finds_nothing(viewed, tmp_path):
    runs = {run["run"]: run for run in get(viewed, f"/api/v1/runs?project={urllib.parse.quote(PROJECT)}")["runs"]}
    known = {
        "project": [PROJECT],
        "run": [ODD, "ranks", "failed", "running", "forked"],
        "metric": ["train/loss", "ünïcode/метрика", "=`a b``c` / 2 - log(`train/loss`)", "note"],
        "writer": [writer["writer"] for writer in runs["ranks"]["writers"]],
        "x": ["step", "relative", "metric:train/loss"],
        "group": ["config.lr", "tag", "run.state"],
        "smooth": ["ema:0.9", "tema:10", "median:5", "savgol:7,2", "gauss:2", "mean:3"],
        "filter": ["config.lr < 0.3 and state = finished", "started > 2d ago", "name ~ 'sw.*'", "tag : täg"],
        "sort": ["-summary.train/loss.min,config.lr", "name"],
        "columns": ["state,config.deep,summary.train/loss,started", "tags"],
        "target": ["summary.train/loss.min", "config.lr"],
        "q": ["FROM metrics", "SELECT config, summary, started_at, [1, 2], {'a': 1} FROM runs", "FROM texts", "SELECT 'nan'::DOUBLE, 1.5::DECIMAL(9, 2)"],
    }
    sharp = http_schema.description(viewed, known)
    seed = soak.seeded().randrange(1 << 31) if os.environ.get("OSTRAKA_SOAK") else 20261121
    code, out, requests = http_schema.fuzz(viewed, sharp, tmp_path, soak.rounds(15, 1000), seed, soak.rounds(300, 3600))
    print(f"\n{requests} requests, seed {seed}")
    assert code == 0, out
    assert requests > soak.rounds(300, 5000), out


def test_numbers_come_as_arrow_and_are_those_of_the_other_formats(viewed):
    where = [("project", PROJECT), ("run", ODD), ("metric", "train/loss")]
    table, said = arrow(viewed, "points", *where)
    points = json.loads(ask(viewed, "points", *where)[2])["points"]
    assert table.num_rows == len(points) == 60 and said == {"more": False, "problems": []}
    for row, point in zip(table.to_pylist(), points):
        assert (row["writer"], row["row"], row["step"]) == (point["writer"], point["row"], point["step"])
        assert row["value"] == float(point["value"]) or math.isnan(row["value"]) and point["value"] == "NaN"
    assert str(table.schema.field("time").type) == "timestamp[us, tz=UTC]"

    bins, said = arrow(viewed, "series", *where, ("bins", 10))
    assert said["x"] == "step" and said["whole"] and said["series"][0]["bins"] == bins.num_rows
    first = bins.to_pylist()[0]
    assert (first["run"], first["metric"], first["x"], first["max"], first["nonfinite"]) == (ODD, "train/loss", 0.0, 1.0, 2)
    assert sum(bins["count"].to_pylist()) == 60 and bins["value"].null_count == bins.num_rows
    exact, _ = arrow(viewed, "series", *where, ("bins", 100), ("exact", "yes"))
    assert exact["value"].to_pylist()[9] == 0.1 and exact["min"].null_count == 60
    band, said = arrow(viewed, "series", ("project", PROJECT), ("run", "ranks"), ("metric", "train/loss"), ("ranks", "band"))
    assert set(band["members"].to_pylist()) <= {0, 2} and band["spread"].to_pylist()[0] == 0.0

    question = "SELECT run, step, value, time FROM metrics WHERE name = 'train/loss' AND value < 0.5 ORDER BY ALL"
    rows, said = arrow(viewed, "sql", ("q", question), ("limit", 5))
    told = json.loads(ask(viewed, "sql", ("q", question), ("limit", 5))[2])
    assert said == {"more": True, "problems": []} and told["more"] is True
    assert [(row["run"], row["step"], row["value"]) for row in rows.to_pylist()] == [(run, step, float(value)) for run, step, value, _ in told["rows"]]


def test_sql_over_http_ends_cuts_and_refuses(viewed):
    began = time.monotonic()
    status, _, body = ask(viewed, "sql", ("q", "SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c WHERE (a.range * b.range + c.range) % 7 = 3"))
    assert status == 400 and "10 s" in json.loads(body)["error"], body
    assert time.monotonic() - began < 50
    for form in ("json", "arrow"):
        status, _, body = ask(viewed, "sql", ("q", "FROM range(1000000000)"), ("limit", 100000), ("format", form))
        assert status == 200 and len(body) < 40 << 20
        for large in ("SELECT repeat('x', 100000000)", "SELECT repeat('x', 1000000) FROM range(3000)"):
            status, _, body = ask(viewed, "sql", ("q", large), ("format", form))
            # Left out of what fits an answer, or refused where it does not even fit the memory to be measured.
            assert len(body) < 40 << 20 and (status == 200 or status in (400, 503) and "memory" in json.loads(body)["error"]), (large, form, body[:200])
        status, _, body = ask(viewed, "sql", ("q", "SELECT repeat('x', 200000000)"), ("format", form))
        assert status == 400 and "makes one long value" in json.loads(body)["error"], (form, body[:200])
    for statement in (
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "FROM '/etc/passwd'",
        "COPY (SELECT 1) TO '/tmp/ostraka-evil.csv'",
        "CREATE TABLE metrics AS SELECT 1",
        "INSTALL httpfs",
        "SELECT getenv('HOME')",
    ):
        status, _, body = ask(viewed, "sql", ("q", statement))
        error = json.loads(body)["error"]
        assert status == 400 and "\n" not in error and b"root:" not in body, statement
    assert not Path("/tmp/ostraka-evil.csv").exists()
    assert json.loads(ask(viewed, "sql", ("q", "SELECT 1"))[2])["rows"] == [[1]]


# What a person, a proxy or a scanner sends; each is answered, in one line if it is wrong.
_BAD = [
    ("series?project=P&run=ranks&metric=train/loss&bins=0", 400, "bins = 0"),
    ("series?project=P&run=ranks&metric=train/loss&bins=1", 400, "bins = 1"),
    ("series?project=P&run=ranks&metric=train/loss&bins=1000000000", 400, "bins = 1000000000"),
    ("series?project=P&run=ranks&metric=train/loss&bins=-5", 400, "bins = -5"),
    ("series?project=P&run=ranks&metric=train/loss&bins=many", 400, 'bins = "many"'),
    ("series?project=P&run=ranks&metric=train/loss&bins=", 400, 'bins = ""'),
    ("series?project=P&run=ranks&metric=train/loss&from=9&to=3", 400, "from = 9 is greater than to = 3"),
    ("series?project=P&run=ranks&metric=train/loss&width=0&above=0000000000000000", 400, "width = 0"),
    ("series?project=P&run=rank&metric=train/loss", 404, '"ranks"'),
    ("series?project=P&run=ranks&metric=train/los", 404, '"train/loss"'),
    ("points?project=P&run=ranks&metric=train/los", 404, '"train/loss"'),
    ("points?project=P&run=ranks&metric=train/loss&from=2&to=1", 400, "greater"),
    ("points?project=P&run=ranks&metric=train/loss&limit=-1", 400, "limit = -1"),
    ("summary?project=P&run=rnks", 404, '"ranks"'),
    ("console?project=P&run=ranks&after=1", 400, "writer"),
    ("texts?project=P&run=ranks&limit=0", 400, "limit = 0"),
    ("texts?project=P&run=ranks&metric=nothing", 404, 'No metric "nothing"'),
    ("series?project=P&run=ranks&metric=loss&bins=9", 404, 'nearest names are "train/loss"'),
    ("series?project=P&run=ranks&metric=train/loss&x=loss", 400, "metric:<name>"),
    ("sql?q=SELECT%20len(range(1000000000))", 400, "range() makes one long value"),
    ("metrics?project=P&run=ranks&stream=console", 400, "stream"),
    ("runs?project=P&project=P", 400, "2 times"),
    ("table?project=P&limit=0", 400, "limit = 0"),
    ("table?project=P&filter=config.lr%20%3C", 400, "does not parse"),
    ("diff?project=P&run=ranks&run=rank", 404, '"ranks"'),
    ("importance?project=P&target=summary.train/los", 404, "train/loss"),
    ("sql?q=SELEC", 400, "SELEC"),
    ("runs?project=P%C3%28", 400, ""),
    ("runs?project=%FF%FE", 400, ""),
    ("runs?project=%00", 400, ""),
    ("table?project=P&filter=" + "x" * 20_000, 400, "10000"),
    ("runs?project=" + "x" * 20_000, 400, ""),
    ("nothing", 404, "There is no"),
]


@pytest.mark.parametrize("path, status, words", _BAD, ids=[path[:60] for path, _, _ in _BAD])
def test_what_is_sent_wrongly_is_answered_in_a_line(viewed, path, status, words):
    answered, body = _raw(viewed, "GET", "/api/v1/" + path.replace("=P&", f"={urllib.parse.quote(PROJECT)}&"))
    error = json.loads(body)["error"]
    assert answered == status, body
    assert words in error and "\n" not in error and "Exception" not in error, error


def test_what_is_no_address_is_refused_before_anything_is_read(viewed):
    for broken in ("runs?project=%zz", "runs?project=%", "%"):
        assert _raw(viewed, "GET", "/api/v1/" + broken)[0] == 400


def test_only_get_and_head_are_methods(viewed):
    status, body = _raw(viewed, "HEAD", "/api/v1/projects")
    assert status == 200 and body == b""
    for method in ("OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "QUERY"):
        connection = _connection(viewed)
        connection.request(method, "/api/v1/projects")
        answer = connection.getresponse()
        assert answer.status == 405 and answer.headers["Allow"] == "GET, HEAD", method


def _connection(address):
    return http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)


def _raw(address, method, target):
    connection = _connection(address)
    connection.putrequest(method, target)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.read()
