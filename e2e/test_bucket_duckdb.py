"""DuckDB itself reads a bucket, by its extension `httpfs`, and finds what a copy in a folder has."""

import duckdb
import duckdb_extension_httpfs
import pytest

import s3
import shards

LOGS = """
import math, sys, ostraka
with ostraka.init("digits", id=sys.argv[1], console=False, config={"seed": int(sys.argv[2])}) as run:
    for step in range(3000):
        run.log({"loss": int(sys.argv[2]) / (step + 1), "i": step, "odd": math.nan if step % 7 == 0 else 1.0}, step=step)
        if step % 1000 == 0:
            run.flush()
"""
SUMS = """
    SELECT project, run, name, count(*)::BIGINT AS n, sum(step)::BIGINT AS steps, min(value) AS least,
      max(value) FILTER (NOT isnan(value)) AS greatest, count(*) FILTER (isnan(value)) AS nans,
      sum(CASE WHEN isnan(value) THEN 0 ELSE value END)::DECIMAL(30, 9) AS total, count(DISTINCT row)::BIGINT AS rows
    FROM {} GROUP BY ALL ORDER BY ALL
"""


@pytest.fixture
def reader(server):
    """DuckDB with httpfs as its package brings it; where that cannot be loaded these tests fail and say why."""
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    extension = next(iter(duckdb_extension_httpfs.__path__)) + f"/extensions/v{duckdb.__version__}/httpfs.duckdb_extension"
    connection.execute(f"LOAD '{extension}'")
    keys = server.variables()
    connection.execute(
        f"CREATE SECRET (TYPE s3, KEY_ID '{keys['AWS_ACCESS_KEY_ID']}', SECRET '{keys['AWS_SECRET_ACCESS_KEY']}',"
        f" REGION 'us-east-1', ENDPOINT '{server.endpoint.split('//')[1]}', URL_STYLE 'path', USE_SSL false)"
    )
    yield connection
    connection.close()


def test_duckdb_counts_and_sums_the_same_in_the_bucket_as_in_a_copy(place, server, reader):
    root = f"s3://{s3.BUCKET}/team"
    for seed, run in enumerate(("first", "sécond run"), 1):
        code, _, err = place.python(LOGS, run, str(seed), OSTRAKA_ROOT=root, **server.variables())
        assert code == 0, err
    code, _, err = place.ostraka("compact", root, OSTRAKA_ROOT=root, **server.variables())
    assert code == 0, err
    server.fetch("team", place.folder / "copy")

    pattern = f"{root}/project=digits/run=*/writer=*/metrics/*.parquet"
    listed = [file for (file,) in reader.execute(f"SELECT file FROM glob('{pattern}')").fetchall()]
    in_bucket = shards.uncovered(listed)
    in_copy = shards.live(place.folder / "copy", "digits")
    assert len(in_bucket) == len(in_copy) < len(listed)  # of merged shards some sources are there still
    of_bucket = reader.execute(SUMS.format(shards.table(in_bucket))).fetchall()
    of_copy = reader.execute(SUMS.format(shards.table(in_copy))).fetchall()
    assert of_bucket == of_copy
    assert [(row[1], row[2], row[3], row[9]) for row in of_bucket] == [
        (run, name, 3000, 3000) for run in ("first", "sécond run") for name in ("i", "loss", "odd")
    ]
    print(f"\n{sum(row[3] for row in of_bucket)} rows of {len(in_bucket)} shards by httpfs, the same in the copy")
