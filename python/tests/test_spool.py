"""The spool: which folder it is, its limit, and what happens when it or its disk is full."""

import errno
import json
import os
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
