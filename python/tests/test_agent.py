"""The client's side of the agent: starting it, waiting for it, and doing without."""

import os
import signal
import sys
import time

import pytest
from support import NO_AGENT, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture
def agent(monkeypatch, spool):
    """Has the client start the stand-in of an agent, which ends with the test."""
    monkeypatch.setenv("OSTRAKA_COMMAND", f"'{sys.executable}' '{os.path.join(HERE, 'fake_agent.py')}'")
    yield
    for pid, _ in started(spool):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def started(spool):
    """The agents that were started so far: process and session."""
    path = spool / "started"
    return [tuple(map(int, line.split())) for line in path.read_text().splitlines()] if path.exists() else []


def test_finish_starts_the_agent_and_waits_for_it(agent, begin, spool):
    run = begin()
    run.log({"a": 1})
    assert run.finish() is True
    ((pid, session),) = started(spool)
    assert session == pid != os.getsid(0)


def test_flush_returns_when_everything_before_is_published(agent, begin):
    run = begin()
    for step in range(3):
        run.log({"a": 1})
        assert run.flush() is True
        assert run._journal.control.published >= run._journal.control._words[8]


def test_an_agent_that_is_there_is_not_started_again(agent, begin, spool):
    first, second = begin(), begin()
    assert first.flush() and second.flush()
    third = begin()
    assert third.finish() and first.finish() and second.finish()
    assert len(started(spool)) == 1


def test_a_killed_agent_is_started_again(agent, begin, spool):
    run = begin()
    assert run.flush()
    os.kill(started(spool)[0][0], signal.SIGKILL)
    run.log({"a": 1})
    assert run.finish() is True
    assert len(started(spool)) == 2


def test_an_agent_killed_before_it_was_seen_is_started_again(begin, tmp_path, monkeypatch, spool):
    command = tmp_path / "command"
    again = f"exec '{sys.executable}' '{os.path.join(HERE, 'fake_agent.py')}' \"$@\""
    command.write_text(f"#!/bin/sh\n[ -e {tmp_path}/first ] || {{ touch {tmp_path}/first; kill -9 $$; }}\n{again}\n")
    command.chmod(0o755)
    monkeypatch.setenv("OSTRAKA_COMMAND", str(command))
    run = begin()
    assert run.finish() is True
    (spool / "stop").touch()


def test_past_the_bound_one_line_says_what_is_left_and_how_to_publish_it(agent, begin, spool, capfd):
    run = begin(project="p")
    assert run.flush()
    (spool / "stuck").touch()
    run.log({"a": 1})
    begun = time.monotonic()
    assert run.finish(timeout=0.2) is False
    assert 0.2 <= time.monotonic() - begun < 5
    (line,) = capfd.readouterr().err.splitlines()
    assert f"of the journal of p/{run.id} are not published: not done within 0.2 s." in line
    assert f"publish --spool {spool}" in line


def test_without_an_agent_finish_returns_at_once_and_says_how_to_publish(begin, spool, capfd):
    run = begin()
    run.log({"a": 1})
    begun = time.monotonic()
    assert run.finish() is False
    assert time.monotonic() - begun < 5
    shown = capfd.readouterr().err
    assert shown.count("The agent does not run here") == 1
    assert f"{NO_AGENT}: No such file or directory" in shown
    assert f"publish --spool {spool}" in shown


def test_without_an_agent_it_is_said_soon_after_init(begin, spool, capfd):
    begin()
    shown = []
    wait_until(lambda: shown.append(capfd.readouterr().err) or "The journals wait in" in "".join(shown))
    assert str(spool) in "".join(shown)


@pytest.mark.parametrize("code, why", [(3, "is not built"), (1, "exit code 1: found no java")])
def test_a_command_that_cannot_start_is_no_agent(begin, tmp_path, monkeypatch, capfd, code, why):
    command = tmp_path / "command"
    command.write_text(f"#!/bin/sh\necho found no java >&2\nexit {code}\n")
    command.chmod(0o755)
    monkeypatch.setenv("OSTRAKA_COMMAND", str(command))
    run = begin()
    assert run.finish() is False
    assert why in capfd.readouterr().err


def test_the_command_on_the_path_is_taken_if_the_checkout_is_not_built(begin, tmp_path, monkeypatch, spool):
    unbuilt = tmp_path / "unbuilt"
    unbuilt.write_text("#!/bin/sh\nexit 3\n")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "ostraka").write_text(f"#!/bin/sh\nexec '{sys.executable}' '{os.path.join(HERE, 'fake_agent.py')}' \"$@\"\n")
    for command in (unbuilt, folder / "ostraka"):
        command.chmod(0o755)
    monkeypatch.delenv("OSTRAKA_COMMAND")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setattr("ostraka._agent._checkout_command", lambda: str(unbuilt))
    run = begin()
    assert run.finish() is True
    (spool / "stop").touch()


def test_init_starts_nothing_itself(begin, monkeypatch):
    import subprocess
    import threading

    starters = []

    def popen(*_, **__):
        starters.append(threading.current_thread())
        raise OSError("not in this test")

    monkeypatch.setattr(subprocess, "Popen", popen)
    begin()
    wait_until(lambda: starters)
    assert threading.main_thread() not in starters


def test_the_beat_goes_on(begin, monkeypatch):
    monkeypatch.setattr("ostraka._daemon._TICK_SECONDS", 0.01)
    monkeypatch.setattr("ostraka._settings._HEARTBEAT_SECONDS", 0.02)
    run = begin()
    wait_until(lambda: run._journal.control._words[16] >= 3)


def test_an_agent_that_could_not_start_is_tried_again_later(begin, tmp_path, monkeypatch, spool):
    command = tmp_path / "command"
    again = f"exec '{sys.executable}' '{os.path.join(HERE, 'fake_agent.py')}' \"$@\""
    command.write_text(f"#!/bin/sh\n[ -e {tmp_path}/room ] || {{ echo no room >&2; exit 1; }}\n{again}\n")
    command.chmod(0o755)
    monkeypatch.setenv("OSTRAKA_COMMAND", str(command))
    run = begin()
    assert run.flush() is False
    (tmp_path / "room").touch()
    monkeypatch.setattr("time.monotonic", lambda now=time.monotonic: now() + 61)
    assert run.finish() is True
    (spool / "stop").touch()
