"""Writes the golden journal of ``docs/golden/journal``: fixed ids, a fixed clock, small segments.

    python3 python/tests/golden_journal.py FOLDER
"""

import itertools
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from ostraka._journal import CONSOLE, SYSTEM, TEXTS, Journal  # noqa: E402
from ostraka._segment import METRICS  # noqa: E402

WRITER = "r000003-9f1c0a77d2e4b581"
SEGMENT_BYTES = 8 << 10

HEADER = {
    "format": 1,
    "writer": WRITER,
    "project": "digits",
    "run": "20261121-101500-abcdefghij",
    "root": "file:///data/ostraka%20runs",
    "spool": "00112233445566778899aabbccddeeff",
    "boot": "6f1f1d3a-0000-4000-8000-000000000000",
    "clock": {"wall_ms": 1795250000123, "ticks_ns": 1_000_000_000},
    "flush": {"seconds": 1.0, "bytes": 8388608},
    "heartbeat_seconds": 10,
}
CARD = {
    "name": "mlp-64",
    "tags": ["baseline", "käse"],
    "config": {"lr": 0.001, "layers": [64, 64]},
    "summary": {},
    "rank": 3,
    "world_size": 4,
    "started_at": "2026-11-21T08:33:20.123Z",
}


class Folder:
    """As much of a spool as a journal needs."""

    segment_budget = 1 << 30

    def __init__(self, path):
        self.path = str(path)

    def reserve(self, size):
        """There is room."""

    reserve_first = reserve


def write(folder):
    """Writes the journal: every kind of record, every stream, three segments, a body."""
    clock = itertools.count(1_000_000_000, 1_234_567)
    journal = Journal(
        Folder(folder), dict(HEADER), json.loads(json.dumps(CARD)), segment_bytes=SEGMENT_BYTES, clock=lambda: next(clock)
    )
    journal.row(CONSOLE, ("stdout", "before the first step"), None)
    names = ("train/loss", "train/accuracy", "größe/🎉")
    journal.values(METRICS, names, (0.5, 0.25, float("nan")), 0)
    journal.compile(names)
    for step in range(1, 200):
        values = (1.0 / step, step / 128, float("inf") if step == 7 else -0.0)
        if not journal.packers.get(names, lambda data, step: False)(dict(zip(names, values)), step):
            journal.values(METRICS, names, values, step)
            journal.compile(names)
        if step % 40 == 0:
            journal.values(SYSTEM, ("cpu/percent", "memory/used_bytes"), (12.5, 2.0**33), None)
            journal.row(CONSOLE, ("stderr", f"step {step}"), step)
            journal.card({"config": {"lr": step / 1e6, "layers": None}, "summary": {"best": {"step": step}}, "tags": ["late"]})
    journal.values(METRICS, ("val/loss",), (0.125,), -(2**53))
    journal.values(METRICS, ("val/loss",), (0.0625,), 2**53)
    journal.row(TEXTS, ("note", "härter 🎉\n\ttab"), 119)
    journal.row(TEXTS, ("empty", ""), 119)
    journal.row(TEXTS, ("long", "0123456789abcdef" * 4097), 120)
    journal.card({"git": {"commit": "0" * 40, "dirty": False}, "notes": "gone soon"})
    journal.card({"notes": None})
    journal.close("failed", "ValueError: ein Ende 🎉")
    journal.release()


if __name__ == "__main__":
    write(sys.argv[1])
