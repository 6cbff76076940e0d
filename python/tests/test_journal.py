"""The bytes of the journal: segments, headers, cards, bodies, control words."""

import json
import os
import stat
import struct

import pytest
from journal_reader import BadRecord


def test_segments_follow_each_other_without_a_gap(begin, read):
    run = begin(segment_bytes=64 << 10)
    for step in range(20_000):
        run.log({"a": step, "b": -step}, step=step)
        if step % 1000 == 0:
            run.log({"text": str(step)}, step=step)
    journal = read(run)
    assert len(journal.headers) > 10
    assert journal.metric("a") == [(step, float(step)) for step in range(20_000)]
    assert journal.metric("b") == [(step, float(-step)) for step in range(20_000)]
    assert [name for _, _, _, name in journal.rows["texts"]] == [str(step) for step in range(0, 20_000, 1000)]
    assert journal.end <= run._journal.position()


def test_a_segment_is_64_mebibytes_long_and_sparse(begin, spool):
    run = begin()
    run.log({"a": 1})
    found = os.stat(spool / f"{run.writer}.000000.journal")
    assert found.st_size == 67_108_864
    assert found.st_blocks * 512 <= 2 << 20


def test_files_are_private(begin, spool):
    run = begin()
    run.log({"a": "x" * 100_000})
    assert stat.S_IMODE(os.stat(spool).st_mode) == 0o700
    files = [path for path in spool.iterdir() if path.name != "agent.log"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert sorted(path.name[len(run.writer) :] for path in files if path.name.startswith("r")) == [
        ".000000.journal", ".alive", ".body.00000000", ".ctl"
    ]  # fmt: skip


def test_the_header_says_whose_journal_it_is(begin, read, tmp_path, spool):
    run = begin(project="p r/o", name="n", config={"lr": 0.5}, root=tmp_path / "a root", flush_seconds=3, tags=["t"])
    header = read(run).headers[0]
    assert header["format"] == 1
    assert header["writer"] == run.writer
    assert (header["project"], header["run"]) == ("p r/o", run.id)
    assert header["root"] == "file://" + str(tmp_path) + "/a%20root"
    assert header["spool"] == json.loads((spool / "id").read_text())["id"]
    assert header["flush"] == {"seconds": 3.0, "bytes": 8388608}
    assert header["card"]["config"] == {"lr": 0.5}
    assert header["card"]["tags"] == ["t"]
    assert header["step"] is None


def test_changes_of_the_card_are_records_and_part_of_later_headers(begin, read):
    run = begin(segment_bytes=64 << 10, config={"a": 1, "b": {"c": 2}})
    run.config["a"] = 2
    run.config.update({"d": [1, 2], "b": {"e": 3}})
    del run.config["d"]
    run.summary["best"] = 0.5
    for step in range(3000):
        run.log({"m": step})
    journal = read(run)
    assert len(journal.headers) > 1
    for card in (journal.card, journal.headers[-1]["card"]):
        assert card["config"] == {"a": 2, "b": {"e": 3}}
        assert card["summary"] == {"best": 0.5}


def test_a_large_config_is_in_a_body(begin, read):
    run = begin(config={"big": "x" * 300_000})
    run.config["more"] = "y" * 70_000
    journal = read(run)
    assert "config" not in journal.headers[0]["card"]
    assert journal.card["config"] == {"big": "x" * 300_000, "more": "y" * 70_000}


def test_the_close_record_is_the_last(begin, read, spool):
    run = begin()
    run.log({"a": 1})
    run.finish(timeout=0)
    journal = read(run)
    assert journal.close["state"] == "finished"
    assert struct.unpack_from("<Q", (spool / f"{run.writer}.ctl").read_bytes(), 192) == (1,)


def test_a_long_failure_fits_behind_everything(begin, read):
    run = begin(segment_bytes=64 << 10)
    while len(read(run).headers) < 2:
        for _ in range(100):
            run.log({"a": 1})
    run._fail(RuntimeError("\x01🎉" * 5000))
    run.finish(timeout=0)
    journal = read(run)
    assert journal.close["state"] == "failed"
    assert journal.close["failure"].startswith("RuntimeError: \x01🎉")


def test_the_control_file_has_its_words_where_the_page_says(begin, spool):
    run = begin()
    for _ in range(100):
        run.log({"a": 1})
    before = run._journal.position()
    run.flush(timeout=0)
    data = (spool / f"{run.writer}.ctl").read_bytes()
    assert len(data) == 4096
    assert data[:8] == b"OSTRCTL\x01"
    assert before <= struct.unpack_from("<Q", data, 64)[0] <= run._journal.position()
    run._journal.control.beat()
    (beat,) = struct.unpack_from("<Q", (spool / f"{run.writer}.ctl").read_bytes(), 128)
    assert beat >= 1


def test_what_the_drainer_says_is_read(begin, spool):
    run = begin()
    with open(spool / f"{run.writer}.ctl", "r+b") as file:
        file.seek(1024)
        file.write(struct.pack("<Q", 12345))
        file.seek(2048)
        file.write(struct.pack("<I", 8) + "no röot".encode())
    assert run._journal.control.published == 12345
    assert run._journal.control.last_error == "no röot"


def test_the_reader_of_these_tests_sees_damage(begin, read, spool):
    run = begin()
    for _ in range(10):
        run.log({"a": 1})
    path = spool / f"{run.writer}.000000.journal"
    with open(path, "r+b") as file:
        file.seek(run._journal.segment.offset - 4)
        file.write(b"\x55")
    with pytest.raises(BadRecord, match="wrong CRC"):
        read(run)


def test_times_are_those_of_the_wall_clock(begin, read):
    import time

    before = time.time_ns() // 1_000_000
    run = begin()
    run.log({"a": 1})
    run.log({"a": 1})
    after = time.time_ns() // 1_000_000
    for _, milliseconds, _, _ in read(run).rows["metrics"]:
        assert before - 1 <= milliseconds <= after + 1


def test_two_runs_of_a_process_have_a_journal_each(begin, read):
    first, second = begin(), begin()
    first.log({"a": 1})
    second.log({"a": 2})
    first.log({"a": 3})
    assert read(first).metric("a") == [(0, 1.0), (1, 3.0)]
    assert read(second).metric("a") == [(0, 2.0)]
