"""What the tests share: a clean environment, a root and a spool of their own, and runs that end with them."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import journal_reader  # noqa: E402
from support import NO_AGENT, PACKAGE_FOLDER, only, wait_until  # noqa: E402

from ostraka import _agent, _run, _settings, _warn  # noqa: E402

_LAUNCHERS = ("OSTRAKA_", "SLURM_", "OMPI_", "PMI", "JAX_", "TORCHELASTIC_", "RANK", "WORLD_SIZE", "LOCAL_RANK")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(_LAUNCHERS):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OSTRAKA_COMMAND", NO_AGENT)
    monkeypatch.setenv("OSTRAKA_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setenv("OSTRAKA_ROOT", str(tmp_path / "root"))
    monkeypatch.setenv("PYTHONPATH", PACKAGE_FOLDER)
    monkeypatch.chdir(tmp_path)
    _warn._said.clear()
    _agent.forget()
    yield
    _agent.forget()


@pytest.fixture
def begin():
    """Begins runs, with small segments if asked, and ends those that the test did not."""
    runs = []

    def begin(segment_bytes=None, **settings):
        settings = {"console": False, "system": False, "git": False, **settings}
        more = {} if segment_bytes is None else {"segment_bytes": segment_bytes}
        runs.append(_run.Run(_settings.Settings(**settings), **more))
        if os.environ.get("OSTRAKA_COMMAND") == NO_AGENT:
            # Said by the run's thread; a line that comes while pytest reads what was printed takes the place of others.
            wait_until(lambda: any(key[0] == "agent" for key in list(_warn._said)))
        return runs[-1]

    yield begin
    for run in runs:
        run.finish(timeout=0)


@pytest.fixture
def spool(tmp_path):
    return tmp_path / "spool"


@pytest.fixture
def read(spool):
    """Reads the journal of a run, which goes on or has ended, or the only one of the spool."""

    def read(run=None):
        return journal_reader.read(spool, run.writer if run else only(journal_reader.writers(spool)))

    return read
