"""The README's first command, as a newcomer calls it."""

import json
import math
import os
import signal

from commands import OSTRAKA, get
import shards


def test_what_the_duckdb_command_line_finds_is_what_the_training_script_says_that_it_logged(place):
    tally_file = place.folder / "tally.json"
    demo = place.start(OSTRAKA, "demo", "--once", "--no-browser", "--root", place.root, "--tally", tally_file)
    printed = []
    for line in demo.stdout:
        printed.append(line)
        if line.strip().startswith("http://"):
            address = line.strip().rstrip("/")
    err = demo.stderr.read()
    assert demo.wait(timeout=60) == 0, err
    assert address.startswith("http://127.0.0.1:")
    assert any(str(place.root) in line for line in printed), "the folder is printed"

    tally = json.loads(tally_file.read_text())
    logged = {
        (ranks["0"]["run"], int(rank), metric): found
        for ranks in tally["runs"].values()
        for rank, of_rank in ranks.items()
        for metric, found in of_rank["metrics"].items()
    }
    assert len(tally["runs"]) == 6
    assert sorted(tally["runs"]["four-ranks"]) == ["0", "1", "2", "3"]

    ranks = {(run, writer): card["rank"] for run, writer, card in shards.writers(place.root, "digits")}
    files = shards.live(place.root, "digits")
    assert shards.duplicates(files) == []
    found = {
        (row["run"], ranks[row["run"], row["writer"]], row["name"]): row
        for row in shards.query(
            "SELECT run, writer, name, count(*)::BIGINT AS count, fsum(value) AS sum, min(value) AS min, max(value) AS max"
            f" FROM {shards.table(files)} GROUP BY run, writer, name"
        )
    }
    assert found.keys() == logged.keys()
    for key, expected in logged.items():
        assert found[key]["count"] == expected["count"], key
        assert math.isclose(found[key]["sum"], expected["sum"], rel_tol=1e-12, abs_tol=1e-9), key
        assert found[key]["min"] == expected["min"] and found[key]["max"] == expected["max"], key
    points = sum(expected["count"] for expected in logged.values())
    print(f"\ndemo: {len(logged)} series of {len(ranks)} writers, {points:,} points, equal in count, sum, min and max")

    texts = shards.query(f"SELECT count(*)::BIGINT AS n FROM {shards.table(shards.live(place.root, 'digits', 'texts'))}")
    assert texts[0]["n"] == sum(of_rank["texts"] for ranks in tally["runs"].values() for of_rank in ranks.values())
    console = shards.query(
        f"SELECT writer, count(*)::BIGINT AS n FROM {shards.table(shards.live(place.root, 'digits', 'console'))} GROUP BY writer"
    )
    assert len(console) == len(ranks), "every process's prints are kept"

    listed = place.runs("digits")["runs"]
    assert sorted(run["name"] for run in listed) == sorted(tally["runs"])
    assert {run["state"] for run in listed} == {"finished"}


def test_ctrl_c_ends_the_demo_without_words(place):
    demo = place.start(OSTRAKA, "demo", "--no-browser", "--root", place.root)
    for line in demo.stderr:
        if line.startswith("training wide"):
            break
    os.killpg(demo.pid, signal.SIGINT)
    _, err = demo.communicate(timeout=60)
    assert demo.returncode == 130
    assert err == ""


def test_the_page_answers_while_the_demo_trains(place):
    demo = place.start(OSTRAKA, "demo", "--once", "--no-browser", "--root", place.root)
    for line in demo.stdout:
        if line.strip().startswith("http://"):
            address = line.strip().rstrip("/")
            break
    running = []
    while demo.poll() is None and not running:
        answer = get(address, "/api/v1/projects")["projects"]
        running = [project for project in answer if project["name"] == "digits" and project["running"] > 0]
    assert running, "the viewer showed no running run while the demo trained"
