"""Runs in a terminal: show, diff, top, export and the prompt of sql, with a root that the Python client made, pipes and real terminals."""

import csv
import json
import signal
from collections import defaultdict
from pathlib import Path

import pyarrow.ipc
import pyarrow.parquet
import pytest

import sql
from commands import OSTRAKA, wait_until
from terminals import Terminal

BRAILLE = {chr(code) for code in range(0x2801, 0x2900)}
BLOCKS = set("▁▂▃▄▅▆▇█")


@pytest.fixture
def terminal(asked):
    opened = []

    def open_terminal(*arguments, **options):
        opened.append(Terminal(asked, OSTRAKA, *arguments, **options))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


@pytest.mark.parametrize("columns", [60, 80, 140])
@pytest.mark.parametrize(
    "command",
    [("show", "sweep-3"), ("show", "sweep-3", "--metric", "train/loss"), ("top", "val/loss"), ("diff", "sweep-0", "ranks", "forked")],
    ids=lambda command: " ".join(command),
)
def test_what_a_terminal_shows_is_as_wide_as_it_is(terminal, command, columns):
    shown = terminal(*command, columns=columns)
    assert shown.end() == 0, shown.shown()
    assert shown.lines() and max(map(len, shown.lines())) <= columns
    assert "\x1b[1m" in shown.raw
    if command[0] != "diff":
        assert (BRAILLE if "--metric" in command else BLOCKS) & set(shown.raw)
        assert "×" in shown.raw


def test_colours_and_letters_follow_the_terminal_and_a_pipe_has_80_columns(asked, terminal):
    plain = terminal("show", "sweep-3", NO_COLOR="1")
    assert plain.end() == 0 and "\x1b" not in plain.raw and BLOCKS & set(plain.raw)
    ascii_only = terminal("show", "sweep-3", "--metric", "train/loss", LC_ALL="C")
    assert ascii_only.end() == 0 and ascii_only.shown().isascii() and "xxx" in ascii_only.shown()
    code, out, err = asked.ostraka("show", "sweep-3", "--metric", "train/loss", LC_ALL="C.UTF-8", COLUMNS=None)
    assert code == 0 and err == "" and "\x1b" not in out
    assert max(map(len, out.splitlines())) == 80


def test_json_is_the_same_as_on_the_page(asked):
    code, out, err = asked.ostraka("show", asked.root, "resumed", "--format", "json")
    assert code == 0, err
    shown = json.loads(out)
    numbers = {metric["name"]: metric for metric in shown["metrics"]}
    assert numbers["train/loss"]["count"] == 300 and len(shown["writers"]) == 2
    code, out, err = asked.ostraka("diff", asked.root, "sweep-0", "sweep-1", "--format", "json")
    assert {"field": "config.lr", "values": [0.05, 0.1]} in json.loads(out)["config"]
    code, out, err = asked.ostraka("top", asked.root, "val/accuracy", "--format", "json", "-n", "2")
    assert [run["run"] for run in json.loads(out)["runs"]] == ["forked", "sweep-3"]


def export(place, *arguments, **changes):
    code, out, err = place.ostraka("export", place.root, *arguments, **changes)
    assert code == 0, err
    return out


def rows_of(file):
    if file.suffix == ".csv":
        with open(file, newline="") as lines:
            return [{key: value for key, value in row.items()} for row in csv.DictReader(lines)]
    if file.suffix == ".jsonl":
        return [json.loads(line) for line in file.read_text().splitlines()]
    if file.suffix == ".json":
        return json.loads(file.read_text())
    table = pyarrow.parquet.read_table(file) if file.suffix == ".parquet" else pyarrow.ipc.open_stream(file.read_bytes()).read_all()
    return table.to_pylist()


def value_of(row):
    value = row["value"]
    return None if value is None else repr(float(value))


def test_an_export_holds_each_value_once_in_every_format(asked):
    statement = "SELECT run, writer, row, name, step, value FROM metrics ORDER BY ALL"
    (logged,) = sql.ours(asked, asked.root, statement)
    expected = sorted((r["run"], r["writer"], r["row"], r["name"], r["step"], value_of(r)) for r in logged)
    assert any(value == "nan" for *_, value in expected)
    for ending in ("csv", "jsonl", "json", "parquet", "arrow"):
        file = asked.folder / f"all.{ending}"
        said = export(asked, "-o", file)
        assert said.startswith(f"Wrote {len(expected):,} rows of 7 runs to {file}")
        rows = rows_of(file)
        found = [(r["run"], r["writer"], int(r["row"]), r["metric"], int(r["step"]), value_of(r)) for r in rows]
        assert sorted(found) == expected, ending
        order = [(r["project"], r["run"], r["metric"], int(r["rank"]), int(r["step"])) for r in rows]
        assert order == sorted(order), ending
        assert {(r["run"], r["name"]) for r in rows} >= {("sweep-3", "lr-0.4")}
    # What a resume hides is not there, and a fork has its own points.
    resumed = [row for row in rows if row["run"] == "resumed" and row["metric"] == "train/loss"]
    assert [row["step"] for row in resumed] == list(range(300)) and len({row["writer"] for row in resumed}) == 2
    assert min(row["step"] for row in rows if row["run"] == "forked") == 150


def test_a_wide_export_has_a_row_for_each_step_with_the_last_value_of_each_metric(asked):
    long = rows_of(_exported(asked, "long.parquet"))
    last = {}
    for row in sorted(long, key=lambda row: row["row"]):
        last[row["run"], row["rank"], row["step"], row["metric"]] = row["value"]
    expected = defaultdict(dict)
    for (run, rank, step, metric), value in last.items():
        expected[run, rank, step][metric] = repr(float(value))
    for ending in ("parquet", "csv", "jsonl"):
        found = {}
        for row in rows_of(_exported(asked, f"wide.{ending}", "--shape", "wide")):
            metrics = {
                name: repr(float(value))
                for name, value in row.items()
                if value not in (None, "") and name not in ("project", "run", "name", "rank", "step", "time")
            }
            found[row["run"], int(row["rank"]), int(row["step"])] = metrics
        assert found == expected, ending
    assert {key[1] for key in expected if key[0] == "ranks"} == {0, 1}


def _exported(place, name, *arguments):
    file = place.folder / name
    if not file.exists():
        export(place, "-o", file, *arguments)
    return file


def test_runs_texts_and_console_are_exported_and_chosen(asked):
    runs = rows_of(_exported(asked, "runs.parquet", "--what", "runs"))
    by_id = {row["run"]: row for row in runs}
    assert [row["run"] for row in runs] == sorted(by_id), "in the order of their ids"
    assert len(runs) == 7 and by_id["sweep-0"]["config.lr"] == 0.05 and by_id["sweep-2"]["summary.chosen"] is True
    assert by_id["sweep-3"]["summary.train/loss.last"] != by_id["sweep-3"]["summary.train/loss.last"]  # NaN
    assert by_id["ranks"]["config.hidden"] == "[128]" and by_id["ranks"]["started_at"].year >= 2024
    fields = csv.DictReader(export(asked, "--what", "runs", "--shape", "long", "--run", "lr-0.1").splitlines())
    assert {row["field"]: row["value"] for row in fields}["config.optimizer"] == "sgd"
    texts = list(csv.DictReader(export(asked, "--what", "texts", "--run", "sweep-0").splitlines()))
    assert [row["value"] for row in texts] == ["300 steps"]
    console = list(csv.DictReader(export(asked, "--what", "console", "--filter", "tag : baseline").splitlines()))
    assert {row["run"] for row in console} == {"sweep-0"} and console[0]["line"].startswith("step 19: loss")
    chosen = list(csv.DictReader(export(asked, "--metric", "val/*", "--run", "forked", "--run", "sweep-1").splitlines()))
    assert {(row["run"], row["metric"]) for row in chosen} == {(r, m) for r in ("forked", "sweep-1") for m in ("val/loss", "val/accuracy")}


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--run", "sweep-9"], ['no run "sweep-9"', "the nearest are"]),
        (["--metric", "train/los"], ["--metric train/los", '"train/loss"']),
        (["--filter", "config.lr > 100"], ["no run matches the filter"]),
        (["--filter", "config.lr >"], ["does not parse"]),
        (["--format", "xml"], ["there are table, csv"]),
        (["--format", "table"], ["export knows csv, json, jsonl, arrow, parquet"]),
        (["-o", "nowhere/x.csv"], ["there is no such folder"]),
        (["-o", "x.dat"], ["says no format"]),
        (["-o", "there.csv"], ["is there already", "--force"]),
        (["--what", "pictures"], ["metrics, runs, texts, console"]),
        (["--what", "texts", "--shape", "wide"], ["no wide shape"]),
        (["--project", "letters"], ["no project named letters"]),
    ],
    ids=lambda value: " ".join(value) if value and value[0].startswith("-") else "",
)
def test_a_wrong_export_is_one_line_and_writes_nothing(asked, arguments, words):
    there = asked.folder / "there.csv"
    there.write_text("mine")
    before = sorted(file.name for file in asked.folder.iterdir())
    code, out, err = asked.ostraka("export", asked.root, *arguments)
    lines = [line for line in err.splitlines() if line.startswith("ostraka: ")]
    assert code in (1, 2) and out == "" and len(lines) == 1 and "Exception" not in err, err
    assert all(word in err for word in words), err
    assert sorted(file.name for file in asked.folder.iterdir()) == before and there.read_text() == "mine"


def test_a_full_disk_or_a_kill_leaves_no_half_file(asked):
    whole = _exported(asked, "whole.csv")
    half = asked.folder / "half.csv"
    command = f'ulimit -f {whole.stat().st_size // 2048}; exec "$@"'  # half of it, in units of 1024 bytes
    code, out, err = asked.run("bash", "-c", command, "-", OSTRAKA, "export", asked.root, "-o", half)
    assert code == 1 and "Cannot write" in err and "File too large" in err and len(err.splitlines()) == 1, err
    assert not half.exists() and not list(asked.folder.glob(".ostraka-*"))
    code, out, err = asked.run("bash", "-c", 'exec "$@" > /dev/full', "-", OSTRAKA, "export", asked.root)
    assert code == 1 and "Cannot write standard output" in err and len(err.splitlines()) == 1
    for number, sign in enumerate((signal.SIGKILL, signal.SIGTERM, signal.SIGINT)):
        file = asked.folder / f"killed-{number}.jsonl"
        process = asked.start(OSTRAKA, "export", asked.root, "-o", file)
        wait_until(lambda: list(asked.folder.glob(".ostraka-*")) or process.poll() is not None, "the export to begin")
        process.send_signal(sign)
        process.communicate(timeout=60)
        assert not file.exists() or len(rows_of(file)) == len(rows_of(_exported(asked, "long.parquet")))
        if sign != signal.SIGKILL:
            assert not list(asked.folder.glob(".ostraka-*"))
        for left in asked.folder.glob(".ostraka-*"):
            left.unlink()


@pytest.mark.parametrize("command, rest", [("sql", ("SELECT * FROM range(10000000)", "--format", "csv")), ("export", ())])
def test_a_reader_that_has_seen_enough_ends_it_without_a_word(asked, command, rest):
    shell = 'set -o pipefail; "$@" | { IFS= read -r line; echo "$line"; }'
    code, out, err = asked.run("bash", "-c", shell, "-", OSTRAKA, command, asked.root, *rest)
    assert err == "" and len(out.splitlines()) == 1
    assert code in (0, 141), "export may be done before its reader leaves"


def test_the_prompt_answers_ends_statements_and_not_itself_and_remembers(asked, terminal):
    first = terminal("sql", asked.root)
    first.wait_for("ostraka> ")
    first.type("SELECT 40 +\r")
    first.wait_for("...> ")
    first.type("2 AS answer;\r")
    first.wait_for("answer")
    first.wait_for("42")
    first.wait_for("ostraka> ")
    first.type("SELECT nope;\r")
    first.wait_for("Binder Error")
    first.wait_for("ostraka> ")
    first.type("SELECT count(*) FROM range(1000000000) a, range(1000000) b;\r")
    first.wait_for("range(1000000) b;")
    wait_until(lambda: first.process.poll() is None and _is_busy(first.process.pid), "the statement to run")
    first.type("\x03")
    first.wait_for("ostraka: ")
    first.wait_for("ostraka> ")
    first.type("SELECT 'half a line\x03")
    first.wait_for("ostraka> ")
    first.type("SELECT 'still ' || 'there' AS x;\r")
    first.wait_for("still there")
    first.wait_for("ostraka> ")
    first.type("\x04")
    assert first.end() == 0
    second = terminal("sql", asked.root)
    second.wait_for("ostraka> ")
    second.type("\x10\r")  # what was typed before, as the arrow up
    second.wait_for("still there")
    second.wait_for("ostraka> ")
    second.type(".quit\r")
    assert second.end() == 0


def _is_busy(process):
    """Whether a process has used a second of processor time since it was first asked."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    used = int(fields[11]) + int(fields[12])
    began = _began.setdefault(process, used)
    return used - began >= 100


_began = {}
