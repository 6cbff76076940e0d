"""What the card says about where a run runs."""

import os
import subprocess

import pytest
from support import wait_until

from ostraka import _facts
from ostraka._fields import hide_arguments
from ostraka._system import Sampler


@pytest.fixture
def work_tree(tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()

    def git(*arguments):
        who = {f"GIT_{role}_{field}": "t@example.org" for role in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")}
        subprocess.run(["git", *arguments], cwd=folder, env={**os.environ, **who}, check=True, stdout=subprocess.DEVNULL)

    git("init", "-q", "-b", "topic")
    (folder / "file").write_text("1")
    git("add", "file")
    git("commit", "-q", "-m", "one")
    git("remote", "add", "origin", "https://me:secret@example.org/a/b.git")
    return folder


def test_git_says_commit_branch_remote_and_changes(work_tree):
    found = _facts.git(str(work_tree))
    assert len(found.pop("commit")) == 40
    assert found == {"branch": "topic", "remote": "https://example.org/a/b.git", "dirty": False}
    (work_tree / "file").write_text("2")
    assert _facts.git(str(work_tree))["dirty"] is True


def test_git_follows_as_a_change_of_the_card(begin, read, work_tree, monkeypatch):
    monkeypatch.chdir(work_tree)
    run = begin(git=True)
    wait_until(lambda: "git" in read(run).card)
    assert read(run).card["git"]["branch"] == "topic"


def test_without_git_or_a_work_tree_nothing_is_said(tmp_path, monkeypatch):
    assert _facts.git(str(tmp_path)) is None
    monkeypatch.setenv("PATH", "")
    assert _facts.git(str(tmp_path)) is None


@pytest.mark.parametrize(
    "url, shown",
    [
        ("https://user:pass@host/a.git", "https://host/a.git"),
        ("https://token@host:8080/a@b", "https://host:8080/a@b"),
        ("https://host/a", "https://host/a"),
        ("git@host:a/b.git", "host:a/b.git"),
        ("ssh://git@host/a", "ssh://host/a"),
        ("/local/path@x", "/local/path@x"),
    ],
)
def test_a_remote_loses_user_and_password(url, shown):
    assert _facts.without_credentials(url) == shown


@pytest.mark.parametrize(
    "arguments, shown",
    [
        (["x.py", "--token", "abc", "--lr", "1"], ["x.py", "--token", "***", "--lr", "1"]),
        (["--api-key=abc", "--max_tokens", "5"], ["--api-key=***", "--max_tokens", "5"]),
        (["db.password=x", "--token", "--flag"], ["db.password=***", "--token", "--flag"]),
    ],
)
def test_secrets_in_the_command_line_are_hidden(arguments, shown):
    assert hide_arguments(arguments) == shown


def test_the_packages_that_were_imported_are_in_the_card(begin, read):
    run = begin()
    wait_until(lambda: "packages" in read(run).card)
    import numpy

    assert read(run).card["packages"]["numpy"] == numpy.__version__
    assert "json" not in read(run).card["packages"]


def test_no_environment_variable_is_stored(begin, read, spool, monkeypatch):
    monkeypatch.setenv("SOME_VARIABLE", "its-very-own-value")
    run = begin(git=True, system=True)
    wait_until(lambda: "packages" in read(run).card)
    for path in spool.iterdir():
        assert b"its-very-own-value" not in path.read_bytes()


def test_samples_say_how_busy_the_machine_is(tmp_path):
    sampler = Sampler(str(tmp_path))
    first = sampler.sample()
    sum(range(2_000_000))
    second = sampler.sample()
    assert {"memory/used_bytes", "memory/percent", "memory/process_bytes", "disk/percent"} <= set(first)
    assert {"cpu/process_percent", "network/sent_bytes_per_second", "disk/read_bytes_per_second"} <= set(second)
    assert 0 < second["memory/percent"] < 100
    assert all(isinstance(value, (int, float)) for value in second.values())


def test_samples_become_rows_without_a_step(begin, read):
    run = begin(system=True)
    wait_until(lambda: any(name == "cpu/process_percent" for _, _, name, _ in read(run).rows["system"]))
    assert {step for step, *_ in read(run).rows["system"]} == {None}


def test_graphics_cards_are_sampled_by_the_vendors_tools(tmp_path, monkeypatch):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho '0, 87, 1024, 4096, 61, 120.5'\necho '1, [N/A], 0, 4096, 30, [N/A]'\n")
    tool.chmod(0o755)
    other = tmp_path / "rocm-smi"
    other.write_text(
        """#!/bin/sh
        echo '{"card2": {"GPU use (%)": "12", "GPU Memory Allocated (VRAM%)": "3",
               "Temperature (Sensor edge) (C)": "40.0", "Average Graphics Package Power (W)": "21.0"}, "system": {}}'
        """
    )
    other.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    sample = Sampler(str(tmp_path)).sample()
    cards = {name: value for name, value in sample.items() if name.startswith("gpu/")}
    assert cards == {
        "gpu/0/percent": 87, "gpu/0/memory_used_bytes": 1 << 30, "gpu/0/memory_percent": 25,
        "gpu/0/temperature_celsius": 61, "gpu/0/power_watts": 120.5, "gpu/1/memory_used_bytes": 0,
        "gpu/1/memory_percent": 0, "gpu/1/temperature_celsius": 30, "gpu/2/percent": 12, "gpu/2/memory_percent": 3,
        "gpu/2/temperature_celsius": 40, "gpu/2/power_watts": 21,
    }  # fmt: skip


def test_a_tool_that_fails_is_asked_no_more(tmp_path, monkeypatch):
    asked = tmp_path / "asked"
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\necho x >> {asked}\nexit 9\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    sampler = Sampler(str(tmp_path))
    for _ in range(3):
        assert not [name for name in sampler.sample() if name.startswith("gpu/")]
    assert asked.read_text() == "x\n"
