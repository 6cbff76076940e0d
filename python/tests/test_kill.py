"""kill -9 at full speed: what log() returned for is in the journal, whole, and at most one call more per thread."""

import os
import random
import struct
import subprocess
import sys

import journal_reader
import pytest
from support import only, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.mark.parametrize("threads", [1, 4])
def test_a_killed_trainer_loses_no_call_that_returned(tmp_path, threads):
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    for attempt in range(8):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        counts = folder / "counts"
        counts.write_bytes(bytes(4096))
        trainer = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "killed_trainer.py"), counts, str(threads), str(1 << 20)],
            env={**os.environ, "OSTRAKA_SPOOL": str(folder / "spool"), "OSTRAKA_ROOT": str(folder / "root")},
            stderr=subprocess.DEVNULL,
        )
        try:
            enough = chance.randrange(1, 60_000)
            wait_until(lambda: returned(counts, 1)[0] >= enough or trainer.poll() is not None, 60)
        finally:
            trainer.kill()
            trainer.wait()
        journal = journal_reader.read(folder / "spool", only(journal_reader.writers(folder / "spool")))
        for number, calls in enumerate(returned(counts, threads)):
            found = journal.metric(f"t{number}/x")
            print(f"attempt {attempt}, thread {number}: {calls} calls returned, {len(found)} in the journal")
            assert calls <= len(found) <= calls + 1
            assert found == [(step, float(step)) for step in range(len(found))]
            assert journal.metric(f"t{number}/y") == [(step, -float(step)) for step in range(len(found))]
        assert journal.close is None


def returned(counts, threads):
    return struct.unpack_from(f"<{threads}Q", counts.read_bytes())
