"""SQL over a root as people ask it: `ostraka sql` and the stock DuckDB give the same, also while shards are merged under them."""

import os
import sys
from pathlib import Path

import duckdb_extension_httpfs
import pyarrow.ipc
import pytest

import s3
import shards
import sql
from commands import OSTRAKA

# Writes a shard a part; step and value are the same number, so that what is there can be checked at any moment.
PARTS = """
import sys, ostraka
with ostraka.init(project="sums", id="sums", flush_seconds=0.05, system=False, console=False, git=False) as run:
    for part in range(int(sys.argv[1])):
        for step in range(part * 50, part * 50 + 50):
            run.log({"i": step, "half": step / 2}, step=step)
        assert run.flush()
"""
INVARIANT = "SELECT count(*) AS n, sum(value)::BIGINT AS s, coalesce(max(step), -1) + 1 AS steps FROM metrics WHERE name = 'i'"
SUMS = "SELECT project, run, name, count(*) AS n, sum(value) AS s, max(step) AS last FROM metrics GROUP BY ALL ORDER BY ALL"


def test_each_of_the_twenty_questions_has_an_answer_and_the_same_from_both(asked):
    questions = sql.questions()
    assert len(questions) == 20
    ours = sql.ours(asked, asked.root, *questions.values())
    stock = sql.stock(sql.script(asked, asked.root), *questions.values())
    assert len(ours) == len(stock) == 20
    for title, own, other in zip(questions, ours, stock):
        assert own, f"{title} has no rows"
        assert [list(row) for row in own] == [list(row) for row in other], title
        # Threads add up in any order, so the last digits differ.
        assert [pytest.approx(list(row.values()), rel=1e-9) for row in own] == [list(row.values()) for row in other], title
        assert any(value not in (None, 0, False, "") for row in own for value in row.values()), title
    by_number = {int(title.split(".")[0]): rows for title, rows in zip(questions, ours)}
    assert by_number[1] == [{"project": "digits", "runs": 7, "running": 0, "writers": 9}]
    assert [(row["run"], row["step"]) for row in by_number[8]] == [("sweep-2", 77), ("sweep-2", 200)]
    assert {"run": "sweep-3", "name": "train/loss", "from_step": 250, "points": 50} in by_number[9]
    assert [row["slowest_rank"] for row in by_number[10][:6]] == [1] * 6
    assert {row["rank"]: row["steps"] for row in by_number[11]} == {0: 100 - 2, 1: 200 + 2}
    assert [row["points"] for row in by_number[17]] == [150, 150]
    assert [row["hidden_from"] for row in by_number[18]] == [100, None]


def test_formats_and_files_hold_what_was_asked(asked):
    question = "SELECT run, name, value FROM metrics WHERE run = 'sweep-3' AND name = 'train/loss' ORDER BY step"
    (rows,) = sql.ours(asked, asked.root, question)
    assert [row["value"] for row in rows[250:]] == ["NaN"] * 50
    for name in ("answer.csv", "answer.parquet"):
        file = asked.folder / name
        assert asked.ostraka("sql", asked.root, question, "--output", file)[0] == 0
        finite = "sum(value::DOUBLE) FILTER (isfinite(value::DOUBLE))"
        read = shards.query(f"SELECT count(*) AS n, {finite} AS s FROM '{file}'")
        assert read == [{"n": 300, "s": pytest.approx(sum(row["value"] for row in rows[:250]))}]
    file = asked.folder / "answer.arrow"
    assert asked.ostraka("sql", asked.root, question, "--output", file)[0] == 0
    table = pyarrow.ipc.open_stream(file.read_bytes()).read_all()
    assert table.column("value").to_pylist()[:250] == [row["value"] for row in rows[:250]]
    assert table.num_rows == 300
    assert not [name for name in os.listdir(asked.folder) if name.endswith(".unfinished")]
    code, out, err = asked.ostraka("sql", asked.root, "FROM metrics")
    assert code == 0 and len(out.splitlines()) == 102 and "There are more than these 100 rows" in err


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["SELECT nope FROM metrics"], ['"nope" not found', "DESCRIBE", "^"]),
        (["FROM read_text('/etc/passwd')"], ["name one of the views"]),
        (["COPY metrics TO 'x.csv'"], ["COPY is refused"]),
        (["WITH x AS (COPY (SELECT 1) TO 'x.csv') FROM x"], ["COPY is refused"]),
        (["SELECT count(*) FROM range(1000000000000)", "--timeout", "1"], ["longer than 1 s"]),
        (["SELECT 1", "--format", "xml"], ["there are table, csv, json"]),
        (["SELECT 1; SELECT 2", "--output", "x.csv"], ["give one statement"]),
        (["SELECT 1", "--output", "nowhere/x.csv"], ["there is no such folder"]),
    ],
)
def test_what_is_wrong_is_said_in_a_line_and_nothing_is_written(place, arguments, words):
    place.root.mkdir()
    before = sorted(os.listdir(place.root)) + sorted(os.listdir(place.folder))
    code, out, err = place.ostraka("sql", place.root, *arguments)
    assert code in (1, 2) and out == ""
    lines = [line for line in err.splitlines() if line.startswith("ostraka: ")]
    assert len(lines) == 1 and "Exception" not in err
    assert all(word in err for word in words), err
    assert sorted(os.listdir(place.root)) + sorted(os.listdir(place.folder)) == before


def test_a_root_with_nothing_in_it_has_empty_views_in_both(place):
    place.root.mkdir()
    views = ["metrics", "texts", "console", "system", "media", "runs", "writers"]
    statements = [f"SELECT count(*) AS n FROM {view}" for view in views]
    nothing = [[{"n": 0}]] * len(views)
    assert sql.ours(place, place.root, *statements) == nothing
    assert sql.stock(sql.script(place, place.root), *statements) == nothing
    described = [[row["column_name"] for row in rows] for rows in sql.ours(place, place.root, *[f"DESCRIBE {v}" for v in views])]
    stock = sql.stock(sql.script(place, place.root), *[f"DESCRIBE {v}" for v in views])
    assert described == [[row["column_name"] for row in rows] for rows in stock]


def _is_exact(row):
    return row["n"] == row["steps"] and (row["s"] or 0) == row["n"] * (row["n"] - 1) // 2


def _check_while_it_is_logged_and_merged(place, root, script, before, **where):
    """Asks again and again while a program logs and shards are merged, and compares both at the end."""
    trainer = place.start(sys.executable, "-c", PARTS, "60", stderr=None, **where)
    asks = 0
    while trainer.poll() is None:
        (rows,) = sql.stock(script, INVARIANT, before=before)
        assert _is_exact(rows[0]), rows
        asks += 1
    assert trainer.returncode == 0 and asks > 0
    compaction = place.start(OSTRAKA, "compact", root, stderr=None, **where)
    while compaction.poll() is None:
        (rows,) = sql.stock(script, INVARIANT, before=before)
        assert rows == [{"n": 3000, "s": 3000 * 2999 // 2, "steps": 3000}]
    assert compaction.returncode == 0
    (own,) = sql.ours(place, root, SUMS, **where)
    (other,) = sql.stock(script, SUMS, before=before)
    assert own == other and [row["n"] for row in own] == [3000, 3000]


def test_both_give_the_same_sums_of_a_folder_while_it_is_logged_and_merged(place):
    place.root.mkdir()
    script = sql.script(place, place.root)
    _check_while_it_is_logged_and_merged(place, place.root, script, "")
    # The test would notice: what was merged lies there twice.
    raw = f"read_parquet('{place.root}/project=*/run=*/writer=*/metrics/*.parquet')"
    assert shards.query(f"SELECT count(*) AS n FROM {raw}")[0]["n"] > 6000


def test_both_give_the_same_sums_of_a_bucket_while_it_is_logged_and_merged(place, server):
    root = f"s3://{s3.BUCKET}/team a"
    where = {"OSTRAKA_ROOT": root, **server.variables()}
    script = sql.script(place, root, **where)
    extension = next((Path(duckdb_extension_httpfs.__file__).parent / "extensions").glob("*/httpfs.duckdb_extension"))
    keys = server.variables()
    before = f"""LOAD '{extension}';
        CREATE SECRET (TYPE s3, KEY_ID '{keys["AWS_ACCESS_KEY_ID"]}', SECRET '{keys["AWS_SECRET_ACCESS_KEY"]}',
          REGION 'us-east-1', ENDPOINT '{server.endpoint.removeprefix("http://")}', URL_STYLE 'path', USE_SSL false);"""
    before = " ".join(before.split())
    _check_while_it_is_logged_and_merged(place, root, script, before, **where)
    runs = "SELECT project, run, state, writers FROM runs"
    assert sql.ours(place, root, runs, **where) == sql.stock(script, runs, before=before)
