"""The root: the writer's folder and the first card are made durably, and what is wrong with it is one line."""

import errno
import json
import os
import pathlib

import pytest

from ostraka import _root


def test_the_first_card_says_all_that_is_known(begin, tmp_path):
    run = begin(
        project="p", name="n", id="i", group="g", job_type="train", notes="some", tags=["a", "b"],
        config={"lr": 0.5, "path": pathlib.Path("x")}, rank=1, world_size=2,
    )  # fmt: skip
    path = tmp_path / "root" / "project=p" / "run=i" / f"writer={run.writer}" / "writer.json"
    card = json.loads(path.read_text())
    expected = {
        "format": 1, "writer": run.writer, "project": "p", "run": "i", "name": "n", "group": "g", "job_type": "train",
        "notes": "some", "tags": ["a", "b"], "config": {"lr": 0.5, "path": "x"}, "summary": {}, "rank": 1,
        "world_size": 2, "process_id": os.getpid(), "state": "running", "dropped": 0, "heartbeat_seconds": 10,
        "flush": {"seconds": 1.0, "bytes": 8388608}, "client": {"language": "python", "version": "0.1.0"},
    }  # fmt: skip
    assert {key: card[key] for key in expected} == expected
    assert card["host"] and card["command"] and card["started_at"].endswith("Z")
    assert card["heartbeat_at"] == card["started_at"]
    assert sorted(os.listdir(path.parent)) == ["writer.json"]


def test_every_folder_newly_made_is_synced(begin, tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(_root, "_sync", lambda folder: synced.append(os.path.relpath(folder, tmp_path)))
    run = begin(project="p", id="i", root=tmp_path / "new" / "root")
    folder = f"new/root/project=p/run=i/writer={run.writer}"
    assert synced == [".", "new", "new/root", "new/root/project=p", "new/root/project=p/run=i", folder]


def test_the_default_root_is_made_absolute_at_init(begin, tmp_path, monkeypatch):
    monkeypatch.delenv("OSTRAKA_ROOT")
    run = begin()
    assert run.root == str(tmp_path / "ostraka-runs")


def test_a_root_that_is_a_file_is_one_line(begin, tmp_path, spool):
    (tmp_path / "file").write_text("")
    for root in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(NotADirectoryError) as e:
            begin(root=root)
        assert str(e.value).startswith(f"Cannot write to the root {root}: {tmp_path}/file is a file")
    assert [name for name in os.listdir(spool) if name.startswith("r")] == []


@pytest.mark.parametrize(
    "number, kind, words",
    [
        (errno.EACCES, PermissionError, "permission denied"),
        (errno.EROFS, OSError, "read-only"),
        (errno.ENOSPC, OSError, "the disk is full"),
    ],
)
def test_a_root_that_cannot_be_written_is_one_line(begin, monkeypatch, tmp_path, number, kind, words):
    def mkdir(path, *more):
        if os.fspath(path).startswith(str(tmp_path / "root")):
            raise OSError(number, os.strerror(number))
        return real(path, *more)

    real = os.mkdir
    monkeypatch.setattr(os, "mkdir", mkdir)
    with pytest.raises(kind) as e:
        begin()
    message = str(e.value)
    assert message.startswith("Cannot write to the root ") and words in message and "OSTRAKA_ROOT" in message
    assert "\n" not in message


@pytest.mark.parametrize("root", ["s3://", "s3:///x", "s3://b/x//y", "s3://bucket/../x", "s3://bucket/a?b", "gs://b", "file://host/x", "", "a\0b"])
def test_roots_of_other_kinds_are_refused_in_one_line(begin, root):
    with pytest.raises(ValueError) as e:
        begin(root=root)
    assert "root" in str(e.value) and "\n" not in str(e.value)


def test_a_file_uri_is_a_folder(tmp_path):
    path = str(tmp_path / "a b%é")
    assert _root.resolve(_root.uri(path)) == path


@pytest.mark.parametrize(
    "root, kept, address",
    [
        ("s3://runs", "s3://runs", "s3://runs"),
        ("s3://runs/", "s3://runs", "s3://runs"),
        ("s3://runs/team a/é/", "s3://runs/team a/é", "s3://runs/team%20a/%C3%A9"),
    ],
)
def test_a_bucket_is_kept_as_its_address(root, kept, address):
    assert _root.resolve(root) == kept
    assert _root.uri(kept) == address


def test_a_run_in_a_bucket_writes_its_journal_and_no_folder(begin, read, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = begin(project="p", id="i", root="s3://runs/team")
    assert run.root == "s3://runs/team"
    assert not (tmp_path / "root").exists() and not list(tmp_path.glob("s3:*"))
    head = read(run).headers[0]
    assert head["root"] == "s3://runs/team" and head["flush"]["seconds"] == 10
    assert head["card"]["name"] == run.name


def test_a_run_that_cannot_begin_leaves_no_card(begin, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ostraka._journal.Segment", fail)
    with pytest.raises(OSError):
        begin(project="p", id="i")
    assert os.listdir(tmp_path / "root" / "project=p") == []
    assert [name for name in os.listdir(tmp_path / "spool") if name.startswith("r")] == []
