"""The recipes of docs/sql.md for DuckDB in Python, pandas, Polars and Spark, over one folder."""

import json
import os
import subprocess
import sys

import pytest

import sql
from commands import OSTRAKA, fresh_place

QUESTION = "SELECT run, min(value) AS loss FROM metrics WHERE name = 'train/loss' AND isfinite(value) GROUP BY run"
# A small Spark: one core, no page of its own, and a quick start of its JVM.
SMALL = (
    "--master local[1] --conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=1"
    " --driver-java-options -XX:TieredStopAtLevel=1 pyspark-shell"
)
RUN = """
import json, sys
names = {"root": sys.argv[1]}
exec(sys.argv[2], names)
frame = names["frame"]
rows = frame.to_dicts() if hasattr(frame, "to_dicts") else frame.to_dict("records")
print("answer " + json.dumps({row["run"]: row["loss"] for row in rows}))
"""


@pytest.fixture(scope="module")
def logged():
    """A root with merged shards and their sources, and what is expected of it."""
    with fresh_place() as place:
        sql.make_root(place, OSTRAKA_FLUSH_BYTES="4096")
        code, out, err = place.run(OSTRAKA, "compact", place.root)
        assert code == 0, err
        sql.script(place, place.root)
        (rows,) = sql.ours(place, place.root, QUESTION)
        yield place, {row["run"]: row["loss"] for row in rows}


@pytest.mark.parametrize("title", sql.recipes())
def test_a_recipe_gives_what_the_views_give(logged, title):
    place, expected = logged
    variables = {**os.environ, "PYSPARK_SUBMIT_ARGS": SMALL, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(place.root), sql.recipes()[title]],
        cwd=place.folder, env=variables, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    line = next(line for line in done.stdout.splitlines() if line.startswith("answer "))
    assert json.loads(line[len("answer ") :]) == pytest.approx(expected)
    assert len(expected) == 7


def test_there_is_a_recipe_for_each_of_the_engines():
    assert [title.split(",")[0] for title in sql.recipes()] == ["Python", "pandas", "Polars", "Spark"]
