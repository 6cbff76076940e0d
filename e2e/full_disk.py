"""Training while a disk is really full. Run by test_full_disk.py where it may mount a small disk for itself.

    full_disk.py FOLDER SCENARIO LANGUAGE DISK

DISK: the small disk, which this program has for itself.
"""

import contextlib
import struct
import sys
import threading
import time
from pathlib import Path

from commands import TRAINERS, Place, wait_until
import shards

STEPS = 800_000


class Trainer:
    """A careful trainer and its account."""

    def __init__(self, place, language, steps=STEPS, **changes):
        self.place = place
        self.account = place.folder / "account"
        command = [sys.executable, TRAINERS / "careful.py"] if language == "Python" else place.java("Careful.java")
        self.said = open(place.folder / "said", "w+")
        self.process = place.start(*command, self.account, steps, stderr=self.said, **changes)

    def words(self):
        """Calls that returned, points dropped, slowest call in microseconds."""
        try:
            return struct.unpack("<3Q", self.account.read_bytes()[:24])
        except (FileNotFoundError, struct.error):
            return (0, 0, 0)

    def go(self, quarter):
        """Ends the pause after so many quarters of the steps."""
        Path(f"{self.account}.go.{quarter}").touch()

    def reaches(self, calls):
        """Waits until so many calls returned."""
        wait_until(lambda: self.words()[0] >= calls or self.process.poll() is not None, f"{calls} calls", 120)
        assert self.process.poll() is None, self.lines()

    def lines(self):
        """What the person at the terminal was told."""
        self.said.seek(0)
        return self.said.read().splitlines()

    def ends(self):
        out, _ = self.process.communicate(timeout=180)
        assert self.process.returncode == 0, self.lines()
        return out.strip()


def check(trainer, place):
    """Every step that log() took is in the shards once, and nothing else; what was dropped is in the card."""
    calls, dropped, slowest = trainer.words()
    taken = {step for step, one in enumerate(trainer.account.read_bytes()[64 : 64 + calls]) if one}
    files = shards.live(place.root, "careful")
    assert shards.duplicates(files) == []
    found = shards.query(f"SELECT step, value FROM {shards.table(files)}")
    assert len(found) == len(taken) == calls - dropped, f"{len(found)} in the shards, {len(taken)} taken, {calls} calls, {dropped} dropped"
    assert {row["step"] for row in found} == taken and all(row["step"] == row["value"] for row in found)
    (card,) = [card for _, _, card in shards.writers(place.root, "careful")]
    assert card["dropped"] == dropped and card["summary"] == {"done": True} and card["state"] == "finished"
    print(f"{calls:,} calls returned, {dropped:,} points dropped, {len(found):,} in the shards; the slowest call took {slowest / 1e6:.2f} s")


def published(place):
    """How many rows are in the root, by the names of the shards."""
    return max((int(Path(file).stem[13:]) + 1 for file in shards.live(place.root, "careful")), default=0)


def fill(disk):
    """Takes what is left of a disk, of which others take and free some meanwhile."""
    ballast = disk / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        for size in (1 << 20, 1 << 16, 1 << 12):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                pass  # full, but for a smaller piece perhaps
    return ballast


@contextlib.contextmanager
def kept_full(disk):
    """Takes whatever becomes free on a disk meanwhile, at once, and gives all of it back at the end."""
    ended = threading.Event()

    def take():
        with open(disk / "ballast", "ab", buffering=0) as file:
            while not ended.is_set():
                try:
                    file.write(bytes(1 << 12))
                except OSError:
                    time.sleep(0.001)

    taker = threading.Thread(target=take)
    taker.start()
    try:
        yield
    finally:
        ended.set()
        taker.join()
        (disk / "ballast").unlink()


def spool_on_a_full_disk(place, disk, language):
    """The disk of the spool is full: training goes on, and goes on being kept once somebody frees some space."""
    place.spool = disk / "spool"
    place.spool.mkdir(mode=0o700)
    trainer = Trainer(place, language, OSTRAKA_SPOOL_LIMIT="1G")
    trainer.reaches(STEPS // 4)
    # A drainer that is at work has a file on that disk for a moment, whose room the trainer would find.
    wait_until(lambda: published(place) == STEPS // 4, "the first quarter to be published")
    ballast = fill(disk)
    trainer.go(1)
    trainer.reaches(STEPS // 2)
    assert trainer.words()[1] > 0, "nothing was dropped on a full disk"
    ballast.unlink()
    trainer.go(2)
    trainer.reaches(3 * STEPS // 4)
    dropped = trainer.words()[1]
    trainer.go(3)
    assert trainer.ends() == "finished True", trainer.lines()
    assert trainer.words()[1] == dropped, "points were dropped although there was room"
    check(trainer, place)
    lines = trainer.lines()
    said = ["No space left on device", "points are dropped and counted", f"There is room again in {place.spool}", f"{dropped} "]
    if language == "Python":
        said = ["log() waits up to 10 s, once", *said[1:3], f"{dropped} points were dropped while there was no room"]
    for words in said:
        assert sum(words in line for line in lines) == 1, (words, lines)
    assert 9e6 < trainer.words()[2] < 30e6, "it waits about 10 s, once"


def waiting_spool_on_a_full_disk(place, disk, language):
    """The disk of the spool is full of what waits there, and the root is back: it is published, which makes room, and nobody has to help."""
    place.spool = disk / "spool"
    place.spool.mkdir(mode=0o700)
    trainer = Trainer(place, language, OSTRAKA_SPOOL_LIMIT="32M")
    trainer.reaches(STEPS // 4)
    wait_until(lambda: published(place) == STEPS // 4, "the first quarter to be published")
    away = place.root.rename(place.folder / "away")
    trainer.go(1)
    trainer.go(2)
    trainer.reaches(3 * STEPS // 4)
    assert len(place.journals()) > 3, "nothing that could be deleted waits"
    fill(disk)
    with kept_full(disk):
        away.rename(place.root)
        wait_until(lambda: published(place) == 3 * STEPS // 4, "what waits to be published", 120)
        wait_until(lambda: len(place.journals()) == 1, "what is published to be deleted")
    trainer.go(3)
    assert trainer.ends() == "finished True", trainer.lines()
    assert trainer.words()[1] == 0, "points were dropped although there was room"
    check(trainer, place)


def root_on_a_full_disk(place, disk, language):
    """The disk of the root is full: journals wait, it is said why, and all is published once somebody frees some space."""
    place.root = disk / "runs"
    trainer = Trainer(place, language, CAREFUL_TIMEOUT="2")
    trainer.reaches(STEPS // 4)
    ballast = fill(disk)
    trainer.go(1)
    trainer.go(2)
    trainer.go(3)
    assert trainer.ends() == "finished False"
    (line,) = [line for line in trainer.lines() if "are not published" in line]
    assert "the disk is full" in line and f"publish --spool {place.spool}" in line, line
    assert place.journals(), "a journal that is not published is kept"
    code, _, err = place.ostraka("publish")
    assert code == 1 and "the disk is full" in err, err
    ballast.unlink()
    if language == "Java":  # which has no agent that goes on by itself
        code, _, err = place.ostraka("publish")
        assert code == 0, err
    wait_until(lambda: not place.journals(), "what waits to be published", 120)
    check(trainer, place)


SCENARIOS = {"spool": spool_on_a_full_disk, "waiting spool": waiting_spool_on_a_full_disk, "root": root_on_a_full_disk}


def main():
    folder, scenario, language, disk = sys.argv[1:]
    place = Place(Path(folder))
    try:
        SCENARIOS[scenario](place, Path(disk), language)
    finally:
        place.end_all()


if __name__ == "__main__":
    main()
