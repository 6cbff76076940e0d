"""Several runs in one process: beside each other, one after the other, in threads, at a prompt."""

import os
import subprocess
import sys
import threading

import journal_reader
import pytest
from support import wait_until
from test_run import script

import ostraka

QUIET = {"console": False, "system": False, "git": False}


@pytest.fixture
def init():
    runs = []

    def init(**settings):
        runs.append(ostraka.init(**QUIET, **settings))
        return runs[-1]

    yield init
    for run in runs:
        run.finish(timeout=0)


def test_a_run_beside_another_leaves_the_module_to_it(init, read, capfd):
    first = init(name="first")
    second = init(name="second", reinit="create_new")
    assert ostraka.run is first and not first._finished
    ostraka.log({"a": 1})
    second.log({"a": 2})
    assert (read(first).metric("a"), read(second).metric("a")) == ([(0, 1.0)], [(0, 2.0)])
    first.finish(timeout=0)
    assert ostraka.run is None and not second._finished
    assert "is ended" not in capfd.readouterr().err


def test_runs_beside_each_other_alone_are_not_the_modules(init):
    init(reinit="create_new")
    with pytest.raises(RuntimeError, match="create_new"):
        ostraka.log({"a": 1})


@pytest.mark.parametrize("way", [True, "finish_previous"])
def test_the_previous_run_is_finished_without_words_if_that_was_asked_for(init, read, way, capfd):
    first = init(name="first")
    second = init(reinit=way)
    assert read(first).close["state"] == "finished" and ostraka.run is second
    assert "is ended" not in capfd.readouterr().err


@pytest.mark.parametrize("way", [False, "return_previous"])
def test_the_previous_run_is_returned_if_that_was_asked_for(init, way):
    first = init(reinit=way)
    assert init(name="another", reinit=way) is first and first.name != "another"


def test_another_way_is_refused(init, tmp_path):
    for way in ("maybe", 7, []):
        with pytest.raises(ValueError, match="reinit is"):
            init(reinit=way)
    assert not (tmp_path / "root").exists()


def test_each_thread_may_have_a_run_of_its_own(init, spool):
    runs = [None] * 4

    def train(number):
        run = runs[number] = init(name=f"thread {number}", reinit="create_new")
        for step in range(5000):
            run.log({"a": number}, step=step)

    threads = [threading.Thread(target=train, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({run.id for run in runs}) == 4
    for number, run in enumerate(runs):
        assert journal_reader.read(spool, run.writer).metric("a") == [(step, float(number)) for step in range(5000)]


def test_all_runs_that_are_open_end_with_the_process(spool):
    script(
        """
        import ostraka
        runs = [ostraka.init(reinit="create_new", console=False, git=False) for _ in range(3)]
        for number, run in enumerate(runs):
            run.log({"a": number})
        """
    )
    found = [journal_reader.read(spool, writer) for writer in journal_reader.writers(spool)]
    assert [journal.close["state"] for journal in found] == ["finished"] * 3


def test_what_is_printed_belongs_to_each_run_that_is_open_once(spool):
    script(
        """
        import threading, ostraka
        runs = []
        begin = lambda: runs.append(ostraka.init(reinit="create_new", system=False, git=False))
        threads = [threading.Thread(target=begin) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print("a line")
        """
    )
    for writer in journal_reader.writers(spool):
        lines = [line for *_, line in journal_reader.read(spool, writer).rows["console"]]
        assert lines.count("a line") == 1


def test_an_error_at_a_prompt_does_not_fail_the_run(read):
    typed = "import ostraka\nrun = ostraka.init()\nrun.log({'a': 1})\n1 / 0\nrun.log({'a': 2})\n"
    done = subprocess.run(
        [sys.executable, "-i"], input=typed, capture_output=True, universal_newlines=True, timeout=120, env={**os.environ}
    )
    assert "ZeroDivisionError" in done.stderr
    assert read().metric("a") == [(0, 1.0), (1, 2.0)] and read().close["state"] == "finished"


def test_runs_that_ended_leave_nothing_mapped(init, spool):
    for _ in range(5):
        run = init(reinit="create_new")
        run.log({"a": 1})
        run.finish(timeout=0)
    wait_until(lambda: not [line for line in open("/proc/self/maps") if str(spool) in line and ".journal" in line])
