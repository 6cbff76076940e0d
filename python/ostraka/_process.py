"""The runs of this process, and what must happen to them when it ends, fails or forks.

Hooks are chained, never replaced: what was there before is called as well.
"""

import atexit
import os
import sys

from . import _agent, _console

_runs = []
_hooked = False


def began(run):
    """Remembers a run until it has ended."""
    global _hooked
    _runs.append(run)
    if not _hooked:
        _hooked = True
        atexit.register(_finish_all)
        os.register_at_fork(after_in_child=_after_fork)
        _chain_excepthook()


def ended(run):
    """Forgets a run."""
    if run in _runs:
        _runs.remove(run)


def run_of(writer):
    """The run of this process that a writer id belongs to, or None."""
    for run in list(_runs):
        if run._is_own() and run.writer == writer:
            return run
    return None


def finish_with_child(run):
    """In a child of ``multiprocessing``, whose end runs no exit handlers: finishes the run there."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.Finalize(None, run.finish, exitpriority=-100)


def _finish_all():
    for run in list(_runs):
        run.finish()


def _after_fork():
    _agent.forget()
    _console.forget_unfinished()
    for run in _runs:
        run._after_fork()


def _chain_excepthook():
    previous = sys.excepthook

    def excepthook(kind, error, trace):
        # At a prompt the process goes on after an error, and so do its runs.
        if not hasattr(sys, "ps1") and not sys.flags.interactive:
            for run in list(_runs):
                run._fail(error)
        previous(kind, error, trace)

    sys.excepthook = excepthook
