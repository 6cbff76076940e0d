"""Going on with runs: resume, rewind, fork. The root is made by hand, as earlier writers leave it."""

import json
import os
import time

import journal_reader
import pytest
from support import only, wait_until

import ostraka
from ostraka import _past, _warn


@pytest.fixture
def root(tmp_path):
    return tmp_path / "root"


@pytest.fixture
def earlier(root):
    """Leaves a writer in the root, ended and silent for four beats unless told otherwise."""

    def earlier(run="r1", writer="r000000-00000000000000a1", ended=True, silent=True, project="default", **card):
        folder = root / f"project={project}" / f"run={run}" / f"writer={writer}"
        folder.mkdir(parents=True)
        card = {"writer": writer, "started_at": "2026-01-01T00:00:00.000Z", "host": "gpu7", "process_id": 4242, **card}
        (folder / "writer.json").write_text(json.dumps({**card, "state": "running"}))
        if ended:
            (folder / "end.json").write_text(json.dumps({"last_step": 99, **card, "state": "failed"}))
        if silent:
            old = time.time() - 41
            for path in (*folder.iterdir(), folder):
                os.utime(path, (old, old))
        return folder

    return earlier


@pytest.fixture
def last_step(tmp_path, monkeypatch):
    """Has ``ostraka last-step`` do what a line of shell says; what it was asked lies in a file."""

    def last_step(does):
        command = tmp_path / "command"
        command.write_text(f'#!/bin/sh\n[ "$1" = last-step ] || exit 1\necho "$@" >> {tmp_path}/asked\n{does}\n')
        command.chmod(0o755)
        monkeypatch.setenv("OSTRAKA_COMMAND", str(command))
        return tmp_path / "asked"

    return last_step


@pytest.fixture
def go_on(begin, capfd):
    """Begins a run and returns it with what was said while it began."""

    def go_on(**settings):
        capfd.readouterr()
        run = begin(**settings)
        # Said by the run's thread; a line that comes while pytest reads what was printed takes the place of others.
        wait_until(lambda: any(key[0] == "agent" for key in list(_warn._said)))
        lines = capfd.readouterr().err.splitlines()
        return run, [line for line in lines if "agent does not run" not in line]

    return go_on


def card_of(root, run, project="default"):
    folder = root / f"project={project}" / f"run={run.id}" / f"writer={run.writer}"
    return json.loads((folder / "writer.json").read_text())


def delete(root, run="r1"):
    (root / "project=default" / f"run={run}" / "meta.json").write_text('{"deleted_at": "2026-01-02T00:00:00Z"}')


# Resume -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["allow", "must"])
def test_a_resumed_run_goes_on_after_the_last_step(go_on, earlier, root, read, how):
    earlier()
    run, said = go_on(id="r1", resume=how)
    assert said == [] and run.resumed and run.step == 100
    run.log({"a": 1})
    run.log({"a": 2})
    run.log({"a": 3}, step=7)
    run.log({"a": 4}, step=7)
    run.log({"a": 5})
    assert read(run).metric("a") == [(100, 1.0), (101, 2.0), (7, 3.0), (7, 4.0), (102, 5.0)]
    assert read(run).headers[0]["step"] == 99
    card = card_of(root, run)
    assert (card["supersedes"], card["resume_step"]) == (["r000000-00000000000000a1"], 100)
    assert read(run).card["resume_step"] == 100


def test_allow_without_such_a_run_begins_it(go_on, root):
    run, said = go_on(id="r1", resume="allow")
    assert said == [] and not run.resumed and run.step == 0
    assert not {"supersedes", "resume_step"} & set(card_of(root, run))


def test_a_run_without_any_point_goes_on_at_the_first_step(go_on, earlier, root):
    earlier(last_step=None)
    run, said = go_on(id="r1", resume="must")
    assert said == [] and run.step == 0 and card_of(root, run)["resume_step"] == 0


def test_the_step_may_be_told(go_on, earlier, root):
    earlier(ended=False)
    run, _ = go_on(id="r1", resume="allow", resume_step=40)
    assert run.step == 40 and card_of(root, run)["resume_step"] == 40


def test_all_writers_of_a_run_are_superseded_by_one_rank(go_on, earlier, root):
    ids = ["r000000-00000000000000a1", "r000000-00000000000000a2", "r000003-00000000000000a3"]
    for last, writer in enumerate(ids):
        earlier(writer=writer, last_step=10 * last)
    (root / "project=default" / "run=r1" / "writer=r7").mkdir()
    run, _ = go_on(id="r1", resume="must")
    assert card_of(root, run)["supersedes"] == ids and run.step == 21


@pytest.mark.parametrize(
    "rank, size, superseded, step",
    [(0, 2, [0, 2], 21), (1, 2, [1, 3], 31), (1, 4, [1], 11), (5, 8, [], 31), (0, 3, [0, 3], 31)],
)
def test_a_rank_goes_on_with_those_of_its_place_also_if_their_number_changes(
    go_on, earlier, root, rank, size, superseded, step
):
    for of in range(4):
        earlier(writer=f"r{of:06d}-00000000000000a1", rank=of, world_size=4, last_step=10 * of)
    run, said = go_on(id="r1", resume="must", rank=rank, world_size=size)
    assert card_of(root, run).get("supersedes", []) == [f"r{of:06d}-00000000000000a1" for of in superseded]
    assert said == [] and run.resumed and run.step == step == card_of(root, run)["resume_step"]


def test_ranks_that_start_together_do_not_supersede_each_other(begin, earlier, root):
    earlier(last_step=5)
    ranks = [begin(id="r1", resume="allow", rank=rank, world_size=3) for rank in range(3)]
    cards = [card_of(root, run) for run in ranks]
    assert [card.get("supersedes") for card in cards] == [["r000000-00000000000000a1"], None, None]
    assert [run.step for run in ranks] == [6, 6, 6]


def test_what_a_rewind_hid_does_not_count(go_on, earlier):
    first = "r000000-00000000000000a1"
    earlier(last_step=999)
    earlier(writer="r000000-00000000000000a2", last_step=520, supersedes=[first], resume_step=500)
    assert go_on(id="r1", resume="must")[0].step == 521


def test_a_rewind_without_a_point_counts(go_on, earlier):
    first = "r000000-00000000000000a1"
    earlier(last_step=999)
    earlier(writer="r000000-00000000000000a2", last_step=None, supersedes=[first], resume_step=500)
    assert go_on(id="r1", resume="must")[0].step == 500


def test_config_name_and_tags_stay_unless_others_are_told(go_on, earlier, root):
    earlier(name="mlp", tags=["a"], group="g", config={"lr": 1, "depth": 2}, summary={"best": 0.5})
    earlier(
        writer="r000000-00000000000000a2", started_at="2026-02-01T00:00:00.000Z", name="mlp-2", config={"depth": 3}
    )
    run, _ = go_on(id="r1", resume="must", config={"lr": 4}, tags=["b"])
    assert dict(run.config) == {"lr": 4, "depth": 3} and dict(run.summary) == {"best": 0.5}
    card = card_of(root, run)
    assert (card["name"], card["tags"], card["group"], card["config"]) == ("mlp-2", ["b"], "g", {"lr": 4})
    assert run.name == "mlp-2"
    assert go_on(id="r1", resume="must", name="other")[0].name == "other"


def test_a_run_is_found_by_its_name(go_on, earlier, root):
    earlier(run="r1", name="mlp", started_at="2026-01-01T00:00:00.000Z")
    earlier(run="r%2F2", name="mlp", started_at="2026-01-03T00:00:00.000Z", last_step=7)
    earlier(run="r3", name="other", started_at="2026-01-04T00:00:00.000Z")
    earlier(run="r4", name="mlp", started_at="2026-01-05T00:00:00.000Z")
    delete(root, "r4")
    (root / "project=default" / "run=r%2f9").mkdir()
    run, _ = go_on(name="mlp", resume="allow")
    assert (run.id, run.step) == ("r/2", 8)
    (root / "project=default" / "run=r3" / "meta.json").write_text('{"name": "renamed"}')
    assert go_on(name="renamed", resume="must")[0].id == "r3"
    assert not go_on(name="other", resume="allow")[0].resumed


def test_a_name_with_odd_characters_is_one_run(go_on, root):
    odd = "a/b?c=1 %ü*"
    begun, _ = go_on(id=odd)
    begun.finish(timeout=0)
    run, _ = go_on(id=odd, resume="must", resume_step=3)
    assert run.resumed and card_of_odd(root, run)["supersedes"] == [begun.writer]


def card_of_odd(root, run):
    from ostraka import _names

    return json.loads((root / "project=default" / f"run={_names.encode(run.id)}" / f"writer={run.writer}" / "writer.json").read_text())


# Where the steps end ----------------------------------------------------------------------------


def test_of_writers_without_a_last_card_the_command_is_asked(go_on, earlier, last_step, root, spool):
    asked = last_step("echo 1234")
    earlier(ended=False)
    run, said = go_on(id="r1", resume="must")
    assert run.step == 1235 and said == []
    assert asked.read_text() == f"last-step --spool {spool} -- {root} default r1\n"


def test_the_command_may_know_of_no_step(go_on, earlier, last_step):
    last_step("exit 0")
    earlier(ended=False)
    assert go_on(id="r1", resume="must")[0].step == 0


@pytest.mark.parametrize(
    "does, why",
    [
        ("echo the root is gone >&2; exit 1", "the root is gone"),
        ("exit 3", "is not built"),
        ("echo nonsense", "answered nonsense"),
        ("exec sleep 60", "took too long"),
    ],
)
def test_if_nobody_knows_the_steps_begin_at_0_and_nothing_is_hidden(
    go_on, earlier, last_step, root, monkeypatch, does, why
):
    monkeypatch.setattr(_past, "READ_SECONDS", 1.0)
    last_step(does)
    earlier(ended=False)
    begun = time.monotonic()
    run, said = go_on(id="r1", resume="must")
    assert time.monotonic() - begun < 20
    (line,) = said
    assert why in line and "default/r1" in line and "resume_step=" in line
    card = card_of(root, run)
    assert run.step == 0 and "resume_step" not in card and card["supersedes"] == ["r000000-00000000000000a1"]


# Rewind and fork --------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [{"rewind": "r1?step=50"}, {"rewind": "r1?step=50", "id": "r1"}, {"rewind": 50, "id": "r1"}, {"rewind": "50", "id": "r1"}])
def test_a_rewind_goes_on_at_an_earlier_step(go_on, earlier, root, told):
    earlier(ended=False)
    run, _ = go_on(**told)
    assert (run.id, run.step, card_of(root, run)["resume_step"]) == ("r1", 50, 50)


def test_a_fork_is_a_new_run_that_begins_at_the_step(go_on, earlier, root, read):
    earlier()
    run, said = go_on(fork_from="r1?step=50", config={"lr": 2})
    assert said == [] and run.id != "r1" and not run.resumed and run.step == 50
    card = card_of(root, run)
    assert (card["fork_run"], card["fork_step"], card["config"]) == ("r1", 50, {"lr": 2})
    run.log({"a": 1})
    assert read(run).metric("a") == [(50, 1.0)]


def test_a_fork_that_is_begun_again_is_resumed_where_that_is_allowed(go_on, earlier):
    earlier()
    earlier(run="r2", writer="r000000-00000000000000b1", fork_run="r1", fork_step=50, last_step=None)
    run, _ = go_on(id="r2", fork_from="r1?step=50", resume="allow")
    assert run.resumed and run.step == 50
    assert not go_on(id="r3", fork_from="r1?step=60", resume="allow")[0].resumed


# What is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told, why",
    [
        ({"resume": "maybe"}, "expected \"allow\", \"must\" or \"never\""),
        ({"resume": True}, "resume is True"),
        ({"id": "zzz", "resume": "must"}, "There is no run default/zzz in .*root to resume"),
        ({"resume": "must"}, "resume needs the run's id"),
        ({"name": "nobody", "resume": "must"}, 'no run named "nobody"'),
        ({"id": "r1", "resume": "never"}, 'exists already and resume is "never"'),
        ({"id": "r1", "resume": "allow", "resume_step": "x"}, 'resume_step is "x"; expected a whole number'),
        ({"id": "r1", "resume": "allow", "resume_step": 1.5}, "resume_step is 1.5; expected a whole number"),
        ({"id": "r1", "resume": "allow", "resume_step": -1}, "from 0 to 2"),
        ({"id": "r1", "resume": "allow", "resume_step": 1 << 54}, "from 0 to 2"),
        ({"id": "r1", "resume_step": 3}, "needs resume="),
        ({"id": "r1", "resume": "never", "resume_step": 3}, "needs resume="),
        ({"rewind": 50}, "rewind needs the run's id"),
        ({"rewind": "zzz?step=50"}, "There is no run default/zzz in .*root to rewind"),
        ({"rewind": "r1?step=50", "id": "r2"}, "leave out one"),
        ({"rewind": "r1"}, 'expected a run id and a step such as "run'),
        ({"rewind": "r1?step="}, "expected a whole number"),
        ({"rewind": "r1?step=fifty"}, "expected a whole number"),
        ({"rewind": "r1?step=50", "resume": "allow"}, "rewind stands alone"),
        ({"fork_from": "zzz?step=50"}, "There is no run default/zzz in .*root to fork"),
        ({"fork_from": "r1?step=50", "id": "r1"}, "exists already and fork_from begins a new one"),
        ({"fork_from": "new?step=50", "id": "new"}, "cannot be a fork of itself"),
        ({"fork_from": "r1?step=-3"}, "expected a whole number"),
        ({"fork_from": 50}, "expected text such as"),
        ({"fork_from": "?step=3"}, "expected a run id and a step"),
        ({"fork_from": "a\nb?step=3"}, "control character"),
        ({"fork_from": "r1?step=3", "resume": "must"}, "begins a new run"),
        ({"id": "gone", "resume": "allow"}, "default/gone was deleted at 2026-01-02T00:00:00Z; restore it"),
        ({"id": "gone"}, "was deleted"),
        ({"rewind": "gone?step=1"}, "was deleted"),
        ({"fork_from": "gone?step=1"}, "was deleted"),
        ({"id": "", "resume": "allow"}, "run id is empty"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_one_line(begin, earlier, root, spool, told, why):
    earlier()
    earlier(run="gone")
    delete(root, "gone")
    before = sorted(str(path) for path in root.rglob("*"))
    with pytest.raises(ValueError, match=why) as e:
        begin(**told)
    assert "\n" not in str(e.value)
    assert sorted(str(path) for path in root.rglob("*")) == before
    assert journal_reader.writers(spool) == []


def test_a_root_that_cannot_be_read_is_one_line(begin, root):
    root.mkdir()
    (root / "project=default").mkdir()
    (root / "project=default" / "run=r1").write_text("a file")
    with pytest.raises(OSError, match="Cannot read .*run=r1") as e:
        begin(id="r1", resume="allow")
    assert "\n" not in str(e.value)


def test_cards_that_are_damaged_are_left_out(go_on, earlier, last_step, root):
    asked = last_step("echo 11")
    folder = earlier()
    (folder / "end.json").write_text("{nonsense")
    (folder / "writer.json").write_text("[]")
    run, said = go_on(id="r1", resume="must")
    assert run.step == 12 and said == [] and asked.exists()


# Writers that still run -------------------------------------------------------------------------


def test_a_writer_that_still_beats_elsewhere_is_named(go_on, earlier, last_step):
    last_step("echo 9")
    earlier(ended=False, silent=False)
    run, (line,) = go_on(id="r1", resume="must")
    assert "process 4242 on gpu7 (since 2026-01-01T00:00:00.000Z)" in line and "last sign" in line
    assert run.step == 10


def test_a_writer_silent_for_four_beats_is_not(go_on, earlier, last_step):
    last_step("echo 9")
    earlier(ended=False)
    assert go_on(id="r1", resume="must")[1] == []
    earlier(run="r2", ended=False, heartbeat_seconds=20)
    assert len(go_on(id="r2", resume="must")[1]) == 1


def test_a_run_of_this_very_process_keeps_its_lock_and_its_steps_count(go_on, begin, last_step, spool):
    from ostraka._control import is_held

    first = begin(id="r1")
    first.log({"a": 1}, step=41)
    second, (line,) = go_on(id="r1", resume="allow")
    assert second.step == 42 and f"process {os.getpid()} on" in line and "last sign now" in line
    child = os.fork()
    if child == 0:
        os._exit(0 if is_held(str(spool / f"{first.writer}.alive")) else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_run_ended_by_another_init_is_resumed(spool, capfd):
    options = {"console": False, "system": False, "git": False}
    first = ostraka.init(id="r1", **options)
    first.log({"a": 1}, step=5)
    second = ostraka.init(id="r1", resume="allow", resume_step=6, reinit="finish_previous", **options)
    assert journal_reader.read(spool, first.writer).close["state"] == "finished"
    assert second.step == 6 and "seems to write" not in capfd.readouterr().err
    second.finish(timeout=0)


# Forked children --------------------------------------------------------------------------------


def test_a_forked_child_of_a_resumed_run_supersedes_nothing(begin, earlier, root, spool):
    earlier()
    run = begin(id="r1", resume="must")
    child = os.fork()
    if child == 0:
        run.log({"a": 2})
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    writer = only(set(journal_reader.writers(spool)) - {run.writer})
    journal = journal_reader.read(spool, writer)
    assert journal.metric("a") == [(100, 2.0)]
    assert journal.card["parent_writer"] == run.writer and not {"supersedes", "resume_step"} & set(journal.card)
