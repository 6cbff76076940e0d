"""Reads a root as an analyst does: the live shards by their names alone, and DuckDB's own command line over them.

Nothing of Ostraka is used here, so that these tests would notice if writer and reader of one module agreed on something wrong.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

_SHARD = re.compile(r"(\d{12})-(\d{12})\.parquet")


def live(root, project, stream="metrics"):
    """The files of all live shards of a stream: those whose range no other shard of their folder covers."""
    return uncovered(str(file) for file in Path(root).glob(f"project={project}/run=*/writer=*/{stream}/*.parquet"))


def uncovered(files):
    """Those of some files, by path or address, that are live shards."""
    ranges = []
    for file in files:
        folder, name = file.rsplit("/", 1)
        if match := _SHARD.fullmatch(name):
            ranges.append((folder, int(match[1]), -int(match[2]), file))
    found = []
    of, reached = None, -1
    for folder, _, last, file in sorted(ranges):
        reached = reached if folder == of else -1
        of = folder
        if -last > reached:
            found.append(file)
            reached = -last
    return found


def query(sql):
    """The rows of a query, by DuckDB's command line."""
    duckdb = Path(sys.executable).parent / "duckdb"
    done = subprocess.run([str(duckdb), "-json", "-c", sql], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip() or "[]")


def table(files):
    """A table expression over shards, with project, run and writer as text columns."""
    names = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    return f"read_parquet([{names}], hive_partitioning = true, hive_types_autocast = false, union_by_name = true)"


def duplicates(files):
    """Rows that are there more than once."""
    return query(
        f"SELECT run, writer, row, count(*) AS times FROM {table(files)} GROUP BY ALL HAVING count(*) > 1 LIMIT 10"
    )


def card(root, project, run, writer):
    """The last card of a writer."""
    folder = Path(root) / f"project={project}" / f"run={run}" / f"writer={writer}"
    end = folder / "end.json"
    return json.loads((end if end.exists() else folder / "writer.json").read_text())


def writers(root, project):
    """All writers as (run, writer, card)."""
    for folder in sorted(Path(root).glob(f"project={project}/run=*/writer=*")):
        run, writer = unquote(folder.parent.name[4:]), folder.name[7:]
        yield run, writer, card(root, project, run, writer)
