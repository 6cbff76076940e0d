"""Any number of threads log; the interpreter is made to switch between them as often as it can."""

import sys
import threading

import pytest

from ostraka import _segment


@pytest.fixture(autouse=True)
def frequent_switches():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(*tasks):
    """Runs tasks in threads that begin at once, and raises what any of them raised."""
    barrier = threading.Barrier(len(tasks))
    errors = []

    def run(task):
        barrier.wait()
        try:
            task()
        except BaseException as e:  # noqa: B036 - it is raised below
            errors.append(e)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        raise error


def test_no_record_is_lost_torn_or_doubled_across_segments(begin, read):
    run = begin(segment_bytes=256 << 10)
    calls = 30_000

    def log(number):
        names = [f"t{number}/a", f"t{number}/b", "shared"][: number % 3 + 1]

        def task():
            for step in range(calls):
                run.log({name: step + number for name in names}, step=step)

        return task

    together(*(log(number) for number in range(4)))
    journal = read(run)
    assert len(journal.headers) > 10
    for number in range(4):
        assert journal.metric(f"t{number}/a") == [(step, float(step + number)) for step in range(calls)]
    assert len(journal.metric("shared")) == calls
    assert len(journal.rows["metrics"]) == calls * (1 + 2 + 3 + 1)


def test_new_key_sets_texts_and_cards_from_all_threads_stay_in_order(begin, read):
    run = begin(segment_bytes=256 << 10)

    def log(number):
        def task():
            for step in range(2000):
                run.log({f"k{step % 97}": number, "common": step, "text": f"{number} {step}"}, step=step)
                run.config[f"c{number}"] = step

        return task

    together(*(log(number) for number in range(4)))
    journal = read(run)
    assert len(journal.metric("common")) == 8000
    for number in range(4):
        texts = [value for *_, value in journal.rows["texts"] if value.startswith(f"{number} ")]
        assert texts == [f"{number} {step}" for step in range(2000)]
        assert journal.card["config"][f"c{number}"] == 1999


def test_a_thread_that_logs_while_the_run_ends_loses_only_what_it_was_told(begin, read, capfd):
    run = begin(segment_bytes=256 << 10)
    logged = []
    begun = threading.Event()

    def log():
        for step in range(1_000_000):
            run.log({"a": 1.0}, step=step)
            logged.append(step)
            if step == 5000:
                begun.set()
            if run._finished:
                return

    def end():
        begun.wait()
        run.finish(timeout=0)

    together(log, end)
    journal = read(run)
    assert journal.close["state"] == "finished"
    steps = [step for step, _ in journal.metric("a")]
    assert steps == list(range(len(steps)))
    assert len(logged) - 2 <= len(steps) <= len(logged) + 1


def test_the_way_with_a_lock_appends_the_same_bytes(begin, read, monkeypatch):
    monkeypatch.setattr(_segment, "_GUARD", "with lock:")
    monkeypatch.setattr(_segment, "_makers", {})
    test_no_record_is_lost_torn_or_doubled_across_segments(begin, read)
