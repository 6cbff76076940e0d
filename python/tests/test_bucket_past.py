"""Going on with runs in a bucket: what the command ``ostraka past`` says of it is made by hand."""

import json

import journal_reader
import pytest

from ostraka import _agent, _earlier

ROOT = "s3://runs/team"
WRITER = "r000000-00000000000000a1"


@pytest.fixture
def past(monkeypatch):
    """Has ``ostraka past`` answer what a test says; returns what it was asked."""
    asked = []

    def answers(answer=None, why=None):
        def ask(deadline, *arguments):
            asked.append(arguments)
            return (answer if answer is None or isinstance(answer, str) else json.dumps(answer)), why

        monkeypatch.setattr(_agent, "ask", ask)
        return asked

    return answers


def writer(id=WRITER, ended=True, running=False, silent_seconds=3.2, **card):
    card = {"host": "gpu7", "process_id": 4242, "started_at": "2026-01-01T00:00:00.000Z", **card}
    return {"writer": id, "ended": ended, "running": running, "silent_seconds": silent_seconds, "card": card}


def head(read, run):
    return read(run).headers[0]["card"]


def test_a_run_goes_on_with_what_one_question_tells(begin, past, read, spool):
    earlier = [writer(last_step=99, config={"lr": 0.5}, tags=["a"]), writer("r000001-00000000000000b1", last_step=149)]
    asked = past({"run": "r1", "writers": earlier, "last_step": 149})
    run = begin(id="r1", resume="must", root=ROOT)
    assert asked == [("past", "--spool", str(spool), "--last-step", "--", ROOT, "default", "r1")]
    assert run.resumed and run.step == 150 and run.config["lr"] == 0.5
    card = head(read, run)
    assert card["supersedes"] == [WRITER, "r000001-00000000000000b1"] and card["resume_step"] == 150 and card["tags"] == ["a"]


def test_without_resume_nobody_is_asked(begin, past):
    asked = past(why="no network")
    begin(id="r1", root=ROOT)
    assert asked == []


def test_a_step_that_is_named_needs_no_shards(begin, past, read):
    asked = past({"run": "r1", "writers": [writer(last_step=99)]})
    assert begin(rewind="r1?step=40", root=ROOT).step == 40
    assert "--last-step" not in asked[0]


def test_of_writers_that_have_not_ended_the_shards_were_read(begin, past):
    past({"run": "r1", "writers": [writer(ended=False)], "last_step": 1234})
    assert begin(id="r1", resume="allow", root=ROOT).step == 1235


def test_where_nobody_knows_the_step_nothing_is_hidden(begin, past, read, capfd):
    past({"run": "r1", "writers": [writer(ended=False)], "last_step_unknown": "the root did not answer within 5 s"})
    run = begin(id="r1", resume="allow", root=ROOT)
    assert run.step == 0 and "resume_step" not in head(read, run)
    assert "did not answer within 5 s" in capfd.readouterr().err


def test_a_run_is_found_by_its_name(begin, past):
    asked = past({"run": "r7", "named": True, "writers": [writer(last_step=None)], "last_step": None})
    assert begin(name="mlp", resume="must", root=ROOT).id == "r7"
    assert "--name=mlp" in asked[0]
    past({"run": "made up", "writers": []})
    assert begin(name="new", resume="allow", root=ROOT).step == 0


def test_a_fork_asks_for_its_parent_too(begin, past, read):
    asked = past({"run": "made up", "writers": [], "fork": {"run": "r1", "writers": [writer()]}})
    run = begin(fork_from="r1?step=50", root=ROOT)
    assert "--fork=r1" in asked[0] and run.step == 50 and head(read, run)["fork_run"] == "r1"


@pytest.mark.parametrize("ended, running, said", [(False, True, True), (False, False, False), (True, False, False)])
def test_a_writer_elsewhere_that_still_runs_is_named(begin, past, capfd, ended, running, said):
    past({"run": "r1", "writers": [writer(ended=ended, running=running)], "last_step": 9})
    begin(id="r1", resume="allow", root=ROOT)
    assert ("process 4242 on gpu7" in (err := capfd.readouterr().err)) is said and ("3 s ago" in err) is said


@pytest.mark.parametrize(
    "answer, why, told, words",
    [
        (None, "nothing answers at http://x", {"id": "r1", "resume": "allow"}, "to resume a run of default: nothing answers"),
        (None, "`ostraka past` took too long", {"rewind": "r1?step=3"}, "to rewind a run of default"),
        (None, "no command", {"fork_from": "r1?step=3"}, "to fork a run of default: no command"),
        ("what?", None, {"id": "r1", "resume": "allow"}, "`ostraka past` answered what?"),
        ("[]", None, {"id": "r1", "resume": "allow"}, "`ostraka past` answered []"),
        ({"run": "r1", "writers": []}, None, {"id": "r1", "resume": "must"}, "There is no run default/r1 in s3://runs/team"),
        ({"run": "r1", "writers": [], "deleted_at": "2026-01-02"}, None, {"id": "r1", "resume": "allow"}, "deleted at 2026-01-02"),
        ({"run": "r1", "writers": [writer()]}, None, {"id": "r1", "resume": "never"}, "exists already"),
        ({"run": "x", "writers": [], "fork": {"run": "r1", "writers": []}}, None, {"fork_from": "r1?step=3"}, "to fork"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line_and_leaves_no_journal(begin, past, spool, answer, why, told, words):
    past(answer, why)
    with pytest.raises((ValueError, OSError)) as e:
        begin(root=ROOT, **told)
    assert words in str(e.value) and "\n" not in str(e.value)
    assert journal_reader.writers(spool) == []


def test_a_bucket_that_does_not_answer_is_given_up(begin, tmp_path, monkeypatch):
    command = tmp_path / "command"
    command.write_text("#!/bin/sh\nexec sleep 60\n")
    command.chmod(0o755)
    monkeypatch.setenv("OSTRAKA_COMMAND", str(command))
    monkeypatch.setattr(_earlier, "BUCKET_SECONDS", 0.5)
    with pytest.raises(OSError, match="took too long"):
        begin(id="r1", resume="allow", root=ROOT)
