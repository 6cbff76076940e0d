"""From log() to what the agent has published, as its last cards tell it."""

import json
import os
import signal
import subprocess
import sys
import time

import journal_reader
import pytest
from support import only, wait_until

import ostraka

HERE = os.path.dirname(os.path.abspath(__file__))


def writer_folder(run):
    return os.path.join(run.root, f"project={run.project}", f"run={run.id}", f"writer={run.writer}")


def end_card(folder):
    """A writer's last card, or None while there is none."""
    try:
        with open(os.path.join(folder, "end.json"), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def published_rows(run, stream):
    """How many rows of a stream are in the root, by the names of its shards."""
    folder = os.path.join(writer_folder(run), stream)
    names = [name for name in os.listdir(folder) if name.endswith(".parquet")] if os.path.isdir(folder) else []
    return max((int(name[13:25]) + 1 for name in names), default=0)


def test_finish_returns_when_everything_is_published(begin, spool):
    run = begin(project="p", name="n", config={"lr": 0.5}, console=True)
    for step in range(1000):
        run.log({"train": {"loss": 1 / (step + 1)}, "up": step}, step=step)
    run.log({"note": "a text", "long": "x" * 100_000}, step=5)
    print("a line")
    run.config["late"] = [1, 2]
    run.summary["best"] = 0.25
    assert run.finish() is True
    card = end_card(writer_folder(run))
    assert (card["state"], card["name"], card["project"], card["run"]) == ("finished", "n", "p", run.id)
    assert card["config"] == {"lr": 0.5, "late": [1, 2]} and card["summary"] == {"best": 0.25}
    assert card["rows"]["metrics"] == 2000 and card["rows"]["texts"] == 2 and card["rows"]["console"] >= 1
    assert [published_rows(run, stream) for stream in ("metrics", "texts")] == [2000, 2]
    wait_until(lambda: journal_reader.writers(spool) == [])


def test_flush_returns_when_everything_so_far_is_published(begin):
    run = begin()
    for total in (10, 30, 60):
        while run._journal.counts[1] < total:
            run.log({"a": 1.0})
        assert run.flush() is True
        assert published_rows(run, "metrics") == total
    assert end_card(writer_folder(run)) is None


def test_flush_and_finish_of_a_folder_root_take_moments(begin):
    run = begin()
    assert run.flush() is True
    run.log({"a": 1})
    begun = time.monotonic()
    assert run.flush() is True
    print(f"flush took {time.monotonic() - begun:.3f} s")
    run.log({"a": 2})
    begun = time.monotonic()
    assert run.finish() is True
    print(f"finish took {time.monotonic() - begun:.3f} s")


def test_a_failed_run_is_published_as_failed(begin):
    with pytest.raises(ZeroDivisionError):
        with begin() as run:
            run.log({"a": 1})
            1 / 0
    card = end_card(writer_folder(run))
    assert (card["state"], card["failure"]) == ("failed", "ZeroDivisionError: division by zero")


def test_a_killed_trainer_is_published_whole_and_said_to_have_died(tmp_path, spool):
    counts = tmp_path / "counts"
    counts.write_bytes(bytes(4096))
    trainer = subprocess.Popen(
        [sys.executable, os.path.join(os.path.dirname(HERE), "killed_trainer.py"), counts, "2", str(64 << 20)],
        stderr=subprocess.DEVNULL,
    )
    try:
        # Killed before its thread had started an agent, it would leave its journal to the next one.
        wait_until(lambda: (spool / "agent.lock").exists(), 60)
        wait_until(lambda: int.from_bytes(counts.read_bytes()[:8], "little") > 20_000 or trainer.poll() is not None, 60)
    finally:
        trainer.send_signal(signal.SIGKILL)
        trainer.wait()
    run = only((tmp_path / "root" / "project=default").iterdir())
    folder = only(run.iterdir())
    wait_until(lambda: end_card(folder) is not None, 60)
    card = end_card(folder)
    assert card["state"] == "failed" and "died" in card["failure"]
    returned = [int.from_bytes(counts.read_bytes()[at : at + 8], "little") for at in (0, 8)]
    print(f"{returned} calls returned, {card['rows']['metrics']} rows published")
    assert 2 * sum(returned) <= card["rows"]["metrics"] <= 2 * sum(returned) + 4


def test_a_journal_of_many_segments_is_published_whole(begin):
    run = begin(segment_bytes=1 << 20)
    for step in range(100_000):
        run.log({"a": step, "b": -step}, step=step)
    assert run.finish() is True
    assert end_card(writer_folder(run))["rows"]["metrics"] == 200_000


def test_a_forked_child_is_a_writer_of_the_same_run(begin):
    run = begin()
    run.log({"a": 1})
    child = os.fork()
    if child == 0:
        run.log({"a": 2})
        os._exit(0 if run.finish() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert run.finish() is True
    folder = os.path.dirname(writer_folder(run))
    cards = [end_card(os.path.join(folder, name)) for name in os.listdir(folder)]
    assert sorted(card.get("parent_writer", "") for card in cards) == ["", run.writer]
    assert [card["state"] for card in cards] == ["finished"] * 2


def test_what_was_left_without_an_agent_is_published_later_in_the_foreground(begin, spool, monkeypatch):
    command = os.environ["OSTRAKA_COMMAND"]
    monkeypatch.setenv("OSTRAKA_COMMAND", "/nonexistent/ostraka")
    run = begin()
    run.log({"a": 1})
    assert run.finish() is False
    done = subprocess.run([command, "publish", "--spool", spool], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    assert end_card(writer_folder(run))["rows"]["metrics"] == 1
    assert journal_reader.writers(spool) == []


def test_a_script_ends_when_its_run_is_published(tmp_path):
    script = "import ostraka\nfor i in range(10): ostraka.init().log({'a': i})"
    done = subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE, universal_newlines=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    folder = only(only((tmp_path / "root" / "project=default").iterdir()).iterdir())
    assert end_card(folder)["rows"]["metrics"] == 10
    assert ostraka.run is None
