"""A run from its beginning to each of its ends, in processes of their own where the process's end matters."""

import os
import subprocess
import sys
import textwrap

import journal_reader
import pytest

import ostraka
from ostraka import _control


def script(text, *arguments, code=0, **variables):
    """Runs a script to its end and returns what it printed on stderr."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(text), *arguments],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        timeout=120,
    )
    assert done.returncode == code, done.stderr
    return done.stderr


def test_the_end_of_the_process_finishes_the_run(read):
    script("import ostraka\nostraka.init().log({'a': 1})")
    assert read().close["state"] == "finished"
    assert read().metric("a") == [(0, 1.0)]


def test_an_uncaught_exception_fails_the_run_and_is_still_shown(read):
    shown = script(
        """
        import sys, ostraka
        sys.excepthook = lambda *error: print("theirs", error[1], file=sys.stderr)
        run = ostraka.init()
        run.log({"a": 1})
        raise ZeroDivisionError("by\\nnothing")
        """,
        code=1,
    )
    assert "theirs by" in shown
    close = read().close
    assert (close["state"], close["failure"]) == ("failed", "ZeroDivisionError: by nothing")


def test_an_exception_in_the_block_fails_the_run(begin, read):
    with pytest.raises(KeyError):
        with begin() as run:
            run.log({"a": 1})
            raise KeyError("x")
    close = read(run).close
    assert (close["state"], close["failure"]) == ("failed", "KeyError: 'x'")


def test_a_block_that_ends_well_finishes_the_run(begin, read):
    with begin() as run:
        run.log({"a": 1})
    assert read(run).close["state"] == "finished"
    assert "failure" not in read(run).close


def test_an_exit_code_fails_the_run(begin, read):
    run = begin()
    run.finish(exit_code=3, timeout=0)
    close = read(run).close
    assert (close["state"], close["failure"]) == ("failed", "exit code 3")


def test_a_killed_process_leaves_no_close_record_and_no_lock(read, spool):
    from ostraka._control import is_held

    script("import os, ostraka\nostraka.init().log({'a': 1})\nos.kill(os.getpid(), 9)", code=-9)
    journal = read()
    assert journal.close is None and journal.metric("a") == [(0, 1.0)]
    assert not is_held(str(spool / f"{journal.writer}.alive"))


def test_the_alive_file_is_locked_before_it_has_its_name(begin, spool, monkeypatch):
    """An agent that saw it without its lock would take the writer for dead and remove what it begins."""
    seen = []
    real = _control.fcntl.lockf

    def lockf(descriptor, kind, *rest):
        if kind & _control.fcntl.LOCK_EX:
            seen.append([path.name for path in spool.glob("r*")])
        return real(descriptor, kind, *rest)

    monkeypatch.setattr(_control.fcntl, "lockf", lockf)
    run = begin()
    assert seen == [[]]
    assert (spool / f"{run.writer}.alive").exists()
    assert list(spool.glob(".*.alive")) == []


def test_finish_may_be_called_twice(begin):
    run = begin()
    run.finish(timeout=0)
    assert run.finish(timeout=0) is True


def test_the_module_has_the_run_that_began_last(read, capfd):
    assert ostraka.run is None
    with pytest.raises(RuntimeError, match="ostraka.init"):
        ostraka.log({"a": 1})
    run = ostraka.init(config={"lr": 1}, system=False, git=False, console=False)
    assert ostraka.run is run and ostraka.init() is run
    ostraka.log({"a": 1}, step=3)
    assert ostraka.config.lr == 1
    ostraka.config.lr = 2
    ostraka.summary["best"] = 1
    ostraka.finish(timeout=0)
    assert ostraka.run is None
    assert ostraka.finish() is True
    journal = read(run)
    assert journal.metric("a") == [(3, 1.0)]
    assert (journal.card["config"], journal.card["summary"]) == ({"lr": 2}, {"best": 1})


def test_another_init_with_arguments_ends_the_run_before(spool, capfd):
    first = ostraka.init(name="one", system=False, git=False, console=False)
    second = ostraka.init(name="two", system=False, git=False, console=False)
    second.finish(timeout=0)
    assert first is not second
    assert [journal_reader.read(spool, run.writer).close["state"] for run in (first, second)] == ["finished"] * 2
    assert capfd.readouterr().err.count("is ended, since another one begins") == 1


def test_disabled_writes_nothing_anywhere(tmp_path):
    shown = script(
        """
        import ostraka
        with ostraka.init(config={"lr": 1}) as run:
            run.log({"a": object()})
            run.config["x"] = run.config.lr
            run.summary.best = 1
            print(run, run.id, run.name, run.writer, run.dropped, run.flush())
        assert ostraka.run is None
        ostraka.init(mode="disabled").finish()
        """,
        OSTRAKA_MODE="disabled",
    )
    assert shown == ""
    assert list(tmp_path.iterdir()) == []


def test_variables_are_taken_where_there_is_no_argument(begin, read, monkeypatch):
    for name, value in {
        "OSTRAKA_PROJECT": "p", "OSTRAKA_NAME": "n", "OSTRAKA_RUN_ID": "i", "OSTRAKA_FLUSH_SECONDS": "2.5",
        "OSTRAKA_FLUSH_BYTES": "4096", "OSTRAKA_HEARTBEAT_SECONDS": "3",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    header = read(begin()).headers[0]
    assert (header["project"], header["run"], header["card"]["name"]) == ("p", "i", "n")
    assert header["flush"] == {"seconds": 2.5, "bytes": 4096}
    assert header["heartbeat_seconds"] == 3
    assert begin(project="q").project == "q"


@pytest.mark.parametrize(
    "settings",
    [
        {"flush_seconds": 0}, {"flush_seconds": "x"}, {"flush_bytes": -1}, {"when_full": "never"}, {"tags": 7},
        {"tags": [7]}, {"name": 7}, {"config": 7}, {"config": [1]}, {"rank": -1}, {"group": 1},
    ],
)  # fmt: skip
def test_arguments_that_make_no_sense_are_refused_in_one_line(begin, tmp_path, settings):
    with pytest.raises(ValueError) as e:
        begin(**settings)
    assert "\n" not in str(e.value)
    assert not (tmp_path / "root").exists()


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="mode is 'maybe'"):
        ostraka.init(mode="maybe")


def test_run_ids_are_the_time_and_ten_random_characters(begin):
    import re

    ids = {begin().id for _ in range(5)}
    assert len(ids) == 5
    assert all(re.fullmatch(r"\d{8}-\d{6}-[a-z2-7]{10}", found) for found in ids)
    assert re.fullmatch(r"[a-z]+-[a-z]+", begin().name)


def test_without_a_home_folder_or_git_everything_works(tmp_path, capfd):
    script(
        """
        import ostraka, time
        run = ostraka.init(spool=None)
        print(run._journal._spool.path)
        run.log({"a": 1})
        """,
        HOME="/nonexistent",
        PATH="",
        XDG_CACHE_HOME="",
    )


def test_import_takes_no_heavy_module():
    heavy = ["subprocess", "asyncio", "urllib", "ssl", "socket", "numpy", "multiprocessing", "importlib.metadata"]
    script(f"import sys, ostraka\nassert not [m for m in {heavy} if m in sys.modules], sys.modules")


def test_a_config_may_be_a_namespace_or_a_dataclass(begin, read):
    import argparse
    import dataclasses

    @dataclasses.dataclass
    class Model:
        layers: list
        name: str = "mlp"

    run = begin(config=argparse.Namespace(lr=0.1, model=Model([64, 64])))
    run.config.update(Model([1]), extra={"a": {1, 2}})
    assert read(run).card["config"] == {
        "lr": 0.1, "model": {"layers": [64, 64], "name": "mlp"}, "layers": [1], "name": "mlp", "extra": {"a": [1, 2]}
    }  # fmt: skip


def test_to_assign_a_config_is_to_update_it(begin, read):
    run = begin(config={"a": 1})
    run.config = {"b": 2}
    run.summary = {"best": 3}
    assert dict(run.config) == {"a": 1, "b": 2}
    card = read(run).card
    assert (card["config"], card["summary"]) == ({"a": 1, "b": 2}, {"best": 3})


def test_a_config_reads_like_a_dictionary_and_by_attribute(begin):
    run = begin(config={"a": 1})
    config = run.config
    config.b = 2
    assert dict(config) == {"a": 1, "b": 2} and config.b == config["b"] and "a" in config and len(config) == 2
    assert config.get("zzz", 5) == 5 and config.setdefault("c", 3) == 3
    del config.b
    with pytest.raises(AttributeError, match="no 'b'"):
        config.b
    with pytest.raises(KeyError):
        config["b"]


def test_values_of_a_config_that_json_does_not_know_become_texts(begin, read):
    import numpy

    class Strange:
        def __repr__(self):
            return "strange"

    run = begin(config={"nan": float("nan"), "np": numpy.float32(0.5), "array": numpy.arange(3), "x": Strange(), "f": (1,)})
    assert read(run).card["config"] == {"nan": "NaN", "np": 0.5, "array": [0, 1, 2], "x": "strange", "f": [1]}


@pytest.mark.parametrize("key", ["password", "db_password", "hf_token", "apiKey", "API-KEY", "access.key", "myPrivateKey", "secret"])
def test_texts_of_secret_keys_are_hidden_and_it_is_said(begin, read, capfd, key):
    run = begin(config={"deep": {key: "hunter2", "other": "shown"}, key: 5})
    config = read(run).card["config"]
    assert config["deep"] == {key: "***", "other": "shown"} and config[key] == 5
    assert run.config["deep"][key] == "hunter2"
    assert capfd.readouterr().err.count("is stored as ***") == 1


@pytest.mark.parametrize("key", ["max_tokens", "tokenizer", "num_key_value_heads", "key", "secretary", "passwords_seen"])
def test_other_keys_are_no_secrets(begin, read, key):
    run = begin(config={key: "shown"})
    assert read(run).card["config"] == {key: "shown"}
