"""Signals whose handlers raise in the middle of log(), as Ctrl-C does in a notebook's cell."""

import random
import signal

import pytest

from ostraka import _segment


class Interrupts:
    """Raises KeyboardInterrupt again and again, at random moments, but only while a call is under way."""

    def __init__(self):
        self.rng = random.Random(7)
        self.inside = False

    def handle(self, *_):
        if self.inside:
            self.inside = False
            raise KeyboardInterrupt

    def make(self, calls, attempts):
        """Makes calls until so many were interrupted; returns the numbers of those that returned and of the others."""
        returned, broken = [], []
        number = 0
        while len(broken) < attempts:
            number += 1
            if number % 20 == 0:
                signal.setitimer(signal.ITIMER_REAL, self.rng.uniform(1e-6, 2e-4))
            try:
                self.inside = True
                calls(number)
                self.inside = False
                returned.append(number)
            except KeyboardInterrupt:
                broken.append(number)
        return returned, broken


@pytest.fixture
def interrupts():
    interrupts = Interrupts()
    before = signal.signal(signal.SIGALRM, interrupts.handle)
    yield interrupts
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not _segment.LOCK_FREE, reason="needs an interpreter that runs handlers at calls only")
@pytest.mark.parametrize("names", [1, 200])
def test_an_interrupted_call_is_there_or_not_and_all_others_are(begin, read, interrupts, names):
    run = begin(segment_bytes=64 << 10)
    returned, broken = interrupts.make(lambda i: run.log({f"a{i % names}": i}, step=i), 200)
    run.log({"last": 1})
    found = {step for step, *_ in read(run).rows["metrics"]}
    assert len(found) == len(read(run).rows["metrics"]) and found - {max(found)} >= set(returned)
    assert found - {max(found)} <= set(returned) | set(broken)
    assert len(read(run).headers) > 1


@pytest.mark.skipif(not _segment.LOCK_FREE, reason="needs an interpreter that runs handlers at calls only")
def test_texts_and_changes_of_the_card_may_be_interrupted_too(begin, read, interrupts):
    run = begin(segment_bytes=64 << 10)

    def calls(i):
        run.log({"text": "x" * (i % 300), "a": i}, step=i)
        run.summary["i"] = i

    returned, _ = interrupts.make(calls, 150)
    run.summary["end"] = True
    journal = read(run)
    assert {step for step, *_ in journal.rows["texts"]} >= set(returned)
    assert {step for step, _ in journal.metric("a")} >= set(returned)
    assert journal.card["summary"]["end"] is True and journal.card["summary"]["i"] >= returned[-1]
    run.finish(timeout=0)
    assert read(run).close["state"] == "finished"


def test_finish_that_is_interrupted_has_closed_the_run(begin, read, monkeypatch):
    run = begin()
    run.log({"a": 1})

    def wait(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "_wait", wait)
    with pytest.raises(KeyboardInterrupt):
        run.finish()
    assert read(run).close["state"] == "finished" and run.finish() is True
