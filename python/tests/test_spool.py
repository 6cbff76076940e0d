"""The spool: which folder it is, its limit, and what happens when it or its disk is full."""

import errno
import json
import os
import re
import stat
import threading
import time

import journal_reader
import pytest
from support import only

from ostraka import _segment, _spool

MIB = 1 << 20


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The usual places, below this test's folder."""
    monkeypatch.delenv("OSTRAKA_SPOOL")
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    return tmp_path


def mounted(monkeypatch, kinds):
    """Pretends that folders lie on file systems of these types."""
    real = _spool._file_system

    def file_system(path):
        for folder, kind in kinds.items():
            if path.startswith(str(folder)):
                return kind
        return real(path)

    monkeypatch.setattr(_spool, "_file_system", file_system)


def test_the_cache_folder_of_the_user_is_taken_and_private(places, begin):
    assert begin()._journal._spool.path == str(places / "home" / ".cache" / "ostraka")
    assert stat.S_IMODE(os.stat(places / "home" / ".cache" / "ostraka").st_mode) == 0o700


def test_xdg_comes_first(places, begin, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(places / "xdg"))
    assert begin()._journal._spool.path == str(places / "xdg" / "ostraka")


def test_a_usual_place_on_a_network_file_system_is_passed_over(places, begin, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(places / "xdg"))
    mounted(monkeypatch, {places / "xdg": "nfs4"})
    assert begin()._journal._spool.path == str(places / "home" / ".cache" / "ostraka")


def test_an_explicit_one_on_a_network_file_system_is_refused(begin, spool, monkeypatch):
    mounted(monkeypatch, {spool: "lustre"})
    with pytest.raises(OSError, match=r"Cannot use the spool .*network file system \(lustre\).*OSTRAKA_SPOOL"):
        begin()


def test_one_that_copies_on_write_is_warned_about_once(begin, spool, monkeypatch, capfd):
    mounted(monkeypatch, {spool: "btrfs"})
    begin()
    begin()
    assert capfd.readouterr().err.count("copies on write") == 1


def test_an_explicit_one_that_is_a_file_is_refused_in_one_line(begin, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="Cannot use the spool .*: it is not a folder; choose") as e:
        begin(spool=tmp_path / "file")
    assert "\n" not in str(e.value)
    assert not (tmp_path / "root").exists()


def test_a_spool_that_others_could_read_is_made_private(begin, spool):
    spool.mkdir(mode=0o755)
    os.chmod(spool, 0o755)
    begin()
    assert stat.S_IMODE(spool.stat().st_mode) == 0o700


def test_the_id_is_made_once_and_holds_the_inode(begin, spool):
    begin()
    first = json.loads((spool / "id").read_text())
    begin()
    assert json.loads((spool / "id").read_text()) == first
    assert first["format"] == 1 and len(first["id"]) == 32 and first["inode"] == spool.stat().st_ino
    assert [name for name in os.listdir(spool) if name.startswith(".")] == []


def test_a_copied_spool_is_refused(begin, spool):
    begin()
    text = json.loads((spool / "id").read_text())
    (spool / "id").write_text(json.dumps({**text, "inode": text["inode"] + 1}))
    with pytest.raises(OSError, match="copy of another spool.*--take-over"):
        begin()


@pytest.mark.parametrize("text, size", [("100", 100), ("8G", 8 << 30), ("1.5GiB", 3 << 29), ("64 mb", 64 << 20)])
def test_a_limit_has_a_unit(text, size):
    assert _spool.parse_limit(text) == size


@pytest.mark.parametrize("text", ["", "G", "-1", "x", "0", "1Q"])
def test_a_limit_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="expected a number of bytes"):
        _spool.parse_limit(text)


def test_the_default_limit_is_the_smaller_of_8_gib_and_a_quarter_of_the_disk(begin, spool):
    disk = os.statvfs(spool.parent)
    quarter = disk.f_bavail * disk.f_frsize // 4
    limit = begin()._journal._spool.limit
    assert limit == pytest.approx(min(8 << 30, quarter), rel=0.05)


def fill(run, megabytes):
    for step in range(megabytes * MIB // 56):
        run.log({"a": 1.0, "b": 2.0, "c": 3.0}, step=step)


def test_at_its_limit_points_are_dropped_counted_and_warned_about_once(begin, read, monkeypatch, capfd):
    monkeypatch.setenv("OSTRAKA_SPOOL_LIMIT", "3M")
    run = begin(when_full="drop")
    fill(run, 5)
    stored = len(read(run).rows["metrics"])
    calls = 5 * MIB // 56
    assert run.dropped == 3 * calls - stored > 0
    shown = capfd.readouterr().err
    assert shown.count("points are dropped") == 1 and shown.count("is half full") == 1
    run.finish(timeout=0)
    assert read(run).close["state"] == "finished"
    assert run.dropped == 3 * calls - stored


def test_a_full_spool_is_waited_for_once_and_not_again(begin, monkeypatch, capfd):
    monkeypatch.setattr("ostraka._run._WAIT_FOR_ROOM_SECONDS", 0.3)
    monkeypatch.setenv("OSTRAKA_SPOOL_LIMIT", "2M")
    run = begin()
    slowest = 0.0
    waits = 0
    for step in range(3 * MIB // 56):
        begun = time.monotonic()
        run.log({"a": 1.0, "b": 2.0, "c": 3.0}, step=step)
        taken = time.monotonic() - begun
        slowest = max(slowest, taken)
        waits += taken > 0.25
    assert waits == 1 and 0.3 <= slowest < 5
    assert capfd.readouterr().err.count("waits up to 0.3 s") == 1
    assert run.dropped > 0


def test_when_there_is_room_again_logging_goes_on(begin, read, spool, monkeypatch):
    monkeypatch.setenv("OSTRAKA_SPOOL_LIMIT", "4M")
    monkeypatch.setattr("ostraka._run._WAIT_FOR_ROOM_SECONDS", 30)
    spool.mkdir(mode=0o700)
    other = spool / "r000000-0000000000000000.000000.journal"
    other.write_bytes(b"x" * (2 * MIB + MIB // 2))
    run = begin()
    waiting = threading.Event()
    real = run._journal._warn_waiting
    run._journal._warn_waiting = lambda error: (real(error), waiting.set())

    def publish():
        waiting.wait(20)
        other.unlink()

    drainer = threading.Thread(target=publish)
    drainer.start()
    fill(run, 2)
    drainer.join()
    assert waiting.is_set()
    assert run.dropped == 0
    assert len(read(run).rows["metrics"]) == 3 * (2 * MIB // 56)


def test_a_full_disk_drops_and_logging_goes_on_when_there_is_room(begin, read, monkeypatch, capfd):
    run = begin(when_full="drop", segment_bytes=64 << 10)
    full = [True]

    def allocate(descriptor, start, length):
        if full[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor, start, length)

    real = _segment.allocate
    monkeypatch.setattr(_segment, "allocate", allocate)
    for step in range(5000):
        run.log({"a": step}, step=step)
    run.config["x"] = 1
    dropped = run.dropped
    assert dropped == 5000 - len(read(run).metric("a")) > 0
    assert "No space left on device" in capfd.readouterr().err
    full[0] = False
    monkeypatch.setattr("time.monotonic", lambda now=time.monotonic: now() + 1)
    for step in range(5000, 10_000):
        run.log({"a": step}, step=step)
    assert run.dropped == dropped
    journal = read(run)
    assert journal.card["config"] == {"x": 1}
    assert [step for step, _ in journal.metric("a")][-5000:] == list(range(5000, 10_000))


def test_a_full_disk_at_init_is_one_line(begin, monkeypatch, tmp_path, spool):
    def allocate(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(_segment, "allocate", allocate)
    monkeypatch.setattr("ostraka._control.allocate", allocate)
    with pytest.raises(OSError, match="Cannot begin a journal in the spool .*No space left"):
        begin()
    assert [name for name in os.listdir(spool) if name.startswith("r")] == []
    assert only(os.listdir(tmp_path / "root")) == "project=default"


def test_a_spool_left_full_by_others_lets_a_run_begin(begin, read, spool, monkeypatch):
    spool.mkdir(mode=0o700)
    (spool / "r000000-0000000000000000.000000.journal").write_bytes(b"x" * (4 * MIB))
    monkeypatch.setenv("OSTRAKA_SPOOL_LIMIT", "2M")
    run = begin(when_full="drop")
    run.log({"a": 1})
    assert read(run).metric("a") == [(0, 1.0)]
    assert journal_reader.writers(spool)[0] == "r000000-0000000000000000"


def test_in_a_small_spool_what_is_published_makes_room_for_more(begin, spool, monkeypatch, capfd):
    """Segments are deleted whole, so in a spool of a few megabytes they are short."""
    monkeypatch.setenv("OSTRAKA_SPOOL_LIMIT", "4M")
    run = begin(when_full="drop")
    for _ in range(10):
        fill(run, 1)
        for segment in sorted(spool.glob("*.journal"))[:-1]:
            segment.unlink()  # as a drainer does with what it has published
    assert run.dropped == 0
    capfd.readouterr()
    assert run.finish(timeout=0) is False
    assert re.match(r"ostraka: 10\.[0-9] MiB of the journal", capfd.readouterr().err)


def test_changes_of_the_card_without_room_are_kept_as_one(begin, read, monkeypatch):
    run = begin(when_full="drop", segment_bytes=64 << 10, config={"gone": 1})
    full = [True]
    real = _segment.allocate

    def allocate(descriptor, start, length):
        if full[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor, start, length)

    monkeypatch.setattr(_segment, "allocate", allocate)
    while run.dropped == 0:
        run.log({"a": 1})
    for i in range(5000):
        run.summary["best"] = i
        run.config.update({"x": i, "y": {"z": i}})
    del run.config["gone"]
    assert len(json.dumps(run._journal._unsaid)) < 200
    full[0] = False
    monkeypatch.setattr("time.monotonic", lambda now=time.monotonic: now() + 1)
    assert run._journal.say_unsaid()
    card = read(run).card
    assert (card["summary"], card["config"]) == ({"best": 4999}, {"x": 4999, "y": {"z": 4999}})


def test_changes_that_never_found_room_are_said_at_the_end(begin, monkeypatch, capfd):
    def allocate(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    run = begin(when_full="drop", segment_bytes=64 << 10)
    monkeypatch.setattr(_segment, "allocate", allocate)
    while run.dropped < 10:
        run.log({"a": 1})
    for i in range(100):
        run.summary[f"best{i}"] = i
    capfd.readouterr()
    assert run.finish(timeout=0) is False
    first, second = capfd.readouterr().err.splitlines()
    assert "last changes of config and summary" in first and "no room" in first
    assert "are not published" in second and f"{run.dropped} points were dropped while there was no room" in second


def test_large_values_without_room_leave_nothing_behind(begin, read, spool, monkeypatch):
    monkeypatch.setenv("OSTRAKA_SPOOL_LIMIT", "2M")
    run = begin(when_full="drop")
    for _ in range(100):
        run.log({"text": "x" * 100_000})
        run.config["big"] = "y" * 100_000
    bodies = len(list(spool.glob("*.body.*")))
    rows = len(read(run).rows["texts"])
    assert run.dropped == 100 - rows > 0
    assert bodies * 100_000 <= 2 * MIB


def test_large_values_wait_for_room_too(begin, read, spool, monkeypatch, capfd):
    monkeypatch.setenv("OSTRAKA_SPOOL_LIMIT", "4M")
    monkeypatch.setattr("ostraka._run._WAIT_FOR_ROOM_SECONDS", 30)
    spool.mkdir(mode=0o700)
    other = spool / "r000000-0000000000000000.000000.journal"
    other.write_bytes(b"x" * (2 * MIB + MIB // 2))
    run = begin()
    waiting = threading.Event()
    real = run._journal._warn_waiting
    run._journal._warn_waiting = lambda error: (real(error), waiting.set())
    drainer = threading.Thread(target=lambda: (waiting.wait(20), other.unlink()))
    drainer.start()
    for _ in range(20):
        run.log({"text": "x" * 100_000})
    drainer.join()
    assert waiting.is_set() and run.dropped == 0 and len(read(run).rows["texts"]) == 20


def test_when_there_is_room_again_it_is_said_once(begin, spool, monkeypatch, capfd):
    monkeypatch.setenv("OSTRAKA_SPOOL_LIMIT", "4M")
    spool.mkdir(mode=0o700)
    other = spool / "r000000-0000000000000000.000000.journal"
    run = begin(when_full="drop")
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda now=time.monotonic: now() + clock[0])
    for _ in range(2):
        other.write_bytes(b"x" * (4 * MIB))
        clock[0] += 2
        before = run.dropped
        while run.dropped == before:
            fill(run, 1)
        other.unlink()
        clock[0] += 2
        for segment in sorted(spool.glob(f"{run.writer}*.journal"))[:-1]:
            segment.unlink()
        before = run.dropped
        run.log({"a": 1})
        assert run.dropped == before
    shown = capfd.readouterr().err
    assert shown.count("There is room again") == 1 and shown.count("points are dropped") == 1


def test_a_spool_that_is_gone_is_said_and_the_training_goes_on(begin, spool, capfd):
    import shutil

    run = begin(when_full="drop", segment_bytes=64 << 10)
    shutil.rmtree(spool)
    for step in range(5000):
        run.log({"a": step})
    assert run.dropped > 0
    capfd.readouterr()
    assert run.finish(timeout=5) is False
    assert f"the spool {spool} is gone" in capfd.readouterr().err


def test_a_large_value_whose_record_finds_no_room_is_removed(begin, spool, monkeypatch):
    monkeypatch.setenv("OSTRAKA_SPOOL_LIMIT", "2M")
    run = begin(when_full="drop")
    while run.dropped == 0:
        fill(run, 1)
    for _ in range(50):
        run.log({"text": "x" * 100_000})
    assert list(spool.glob("*.body.*")) == []


def test_a_program_that_never_repeats_its_names_is_stored_without_remembering_them_all(begin, read):
    run = begin()
    calls = 10_500
    for i in range(calls):
        run.log({f"a{i}": i, "b": i}, step=i)
    for i in range(calls):
        run.log({f"a{i}": -i, "b": i}, step=i)
    assert len(run._journal.segment.key_sets) <= 10_000 and len(run._journal.packers) <= 1_000
    journal = read(run)
    assert [value for _, value in journal.metric("b")] == [float(i) for i in range(calls)] * 2
    assert journal.metric("a10499") == [(10499, 10499.0), (10499, -10499.0)]
