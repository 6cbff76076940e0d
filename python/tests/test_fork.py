"""Forked children: one that logs is a writer of its own, one that does not costs nothing and ends nothing."""

import json
import multiprocessing
import os

import journal_reader
import pytest
from support import wait_until


def forked(task):
    """Runs a task in a forked child that then ends as a process of the interpreter does not: at once."""
    child = os.fork()
    if child == 0:
        try:
            task()
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def others(spool, run):
    return [journal_reader.read(spool, writer) for writer in journal_reader.writers(spool) if writer != run.writer]


def test_a_child_that_logs_becomes_a_writer_of_its_own(begin, read, spool, tmp_path):
    run = begin(config={"lr": 1})
    for _ in range(3):
        run.log({"a": 1})
    forked(lambda: [run.log({"a": 2}) for _ in range(5)])
    for _ in range(3):
        run.log({"a": 3})
    assert [value for _, value in read(run).metric("a")] == [1, 1, 1, 3, 3, 3]
    (child,) = others(spool, run)
    assert child.metric("a") == [(step, 2.0) for step in range(5)]
    assert child.card["parent_writer"] == run.writer
    assert child.card["config"] == {"lr": 1}
    assert child.headers[0]["run"] == run.id
    path = tmp_path / "root" / "project=default" / f"run={run.id}" / f"writer={child.writer}" / "writer.json"
    assert json.loads(path.read_text())["parent_writer"] == run.writer


def test_a_child_that_does_not_log_leaves_nothing(begin, read, spool, capfd):
    run = begin(console=True)

    def task():
        print("a line of the child")
        run.finish()
        run.flush()

    forked(task)
    run.log({"a": 1})
    assert others(spool, run) == []
    assert read(run).close is None
    assert "a line of the child" not in [line for *_, line in read(run).rows["console"]]


def test_a_child_may_begin_a_run_of_its_own(begin, read, spool):
    import ostraka

    first = ostraka.init(console=False, system=False, git=False)

    def task():
        second = ostraka.init(name="second", console=False, system=False, git=False)
        second.log({"a": 2})
        second.finish(timeout=0)

    forked(task)
    first.log({"a": 1})
    first.finish(timeout=0)
    (child,) = others(spool, first)
    assert child.metric("a") == [(0, 2.0)] and "parent_writer" not in child.card
    assert read(first).metric("a") == [(0, 1.0)]


def test_the_prints_of_a_child_that_logs_are_its_own(begin, read, spool):
    run = begin(console=True)
    print("unfinished ", end="")

    def task():
        run.log({"a": 1})
        print("by the child")

    forked(task)
    print("line of the parent")
    (child,) = others(spool, run)
    assert [line for *_, line in child.rows["console"]] == ["by the child"]
    assert [line for *_, line in read(run).rows["console"]] == ["unfinished line of the parent"]


def test_the_alive_lock_stays_with_the_parent(begin, spool):
    from ostraka._control import is_held

    run = begin()
    alive = str(spool / f"{run.writer}.alive")
    results = []

    def look():
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(write_end, b"1" if is_held(alive) else b"0")
            os._exit(0)
        os.waitpid(child, 0)
        results.append(os.read(read_end, 1))
        os.close(read_end)
        os.close(write_end)

    look()
    forked(lambda: run.log({"a": 1}))
    look()
    run.finish(timeout=0)
    look()
    assert results == [b"1", b"1", b"0"]


@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_a_worker_of_multiprocessing_finishes_its_run(begin, spool, way):
    run = begin()
    context = multiprocessing.get_context(way)
    if way == "fork":
        process = context.Process(target=_log_in_worker, args=(run,))
    else:
        process = context.Process(target=_log_without_a_run)
    process.start()
    process.join()
    assert process.exitcode == 0
    found = others(spool, run)
    assert [journal.close["state"] for journal in found] == (["finished"] if way == "fork" else [])


def _log_in_worker(run):
    run.log({"a": 1})


def _log_without_a_run():
    import ostraka

    assert ostraka.run is None


def test_a_child_forked_while_another_thread_logs_can_log(begin, spool):
    import threading

    run = begin(segment_bytes=256 << 10)
    stop = threading.Event()

    def log():
        while not stop.is_set():
            for i in range(100):
                run.log({f"k{i}": 1, "text": "x"})

    thread = threading.Thread(target=log)
    thread.start()
    try:
        for attempt in range(1, 6):
            forked(lambda: run.log({"a": attempt}))
            wait_until(lambda: len(others_by_name(spool, run)) == attempt)
    finally:
        stop.set()
        thread.join()


def others_by_name(spool, run):
    return [writer for writer in journal_reader.writers(spool) if writer != run.writer]


def test_a_child_that_lives_long_keeps_nothing_of_the_journal_open(begin, spool):
    run = begin()
    run.log({"a": 1})

    def look():
        with open("/proc/self/maps") as maps:
            assert not [line for line in maps if str(spool) in line and ".journal" in line]
        open_files = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]
        assert not [name for name in open_files if name.startswith(str(spool)) and name.endswith((".journal", ".alive"))]
        run.log({"a": 2})
        assert run.step == 1

    forked(look)
    run.log({"a": 3})
    assert [value for _, value in journal_reader.read(spool, run.writer).metric("a")] == [1, 3]
