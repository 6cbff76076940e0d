"""Where a run comes from, as ``init`` is told: ``resume``, ``resume_step``, ``fork_from``, ``rewind``."""

from . import _names
from ._segment import STEP_LIMIT
from ._values import as_step

_MODES = ("allow", "must", "never")


class Origin:
    """What ``init`` was told about earlier runs, checked as far as it can be without looking at the root.

    :ivar resume: ``allow``, ``must``, ``never``, or None for a writer beside those that are there
    :ivar run: the id of the run to rewind, where it is named; else None
    :ivar step: the step to go on at, or None for the one after the last
    :ivar fork_run: the id of the run to fork, or None
    :ivar fork_step: the step to fork it at
    :raises ValueError: at construction, in one line, if what was told makes no sense
    """

    __slots__ = ("resume", "run", "step", "fork_run", "fork_step", "told")

    def __init__(self, resume=None, resume_step=None, fork_from=None, rewind=None):
        if resume is not None and resume not in _MODES:
            raise ValueError(f'resume is {resume!r}; expected "allow", "must" or "never"')
        if resume_step is not None and resume not in ("allow", "must"):
            raise ValueError('resume_step needs resume="allow" or resume="must" beside it')
        if rewind is not None and (resume, resume_step, fork_from) != (None, None, None):
            raise ValueError("rewind stands alone; leave out resume, resume_step and fork_from")
        if fork_from is not None and (resume == "must" or resume_step is not None):
            raise ValueError('fork_from begins a new run; leave out resume="must" and resume_step')
        self.resume, self.run, self.step, self.told = resume, None, None, "resume"
        self.fork_run = self.fork_step = None
        if resume_step is not None:
            self.step = _step("resume_step", resume_step)
        if fork_from is not None:
            self.fork_run, self.fork_step = _run_and_step("fork_from", fork_from)
        if rewind is not None:
            self.resume, self.told = "must", "rewind"
            if isinstance(rewind, str) and not rewind.strip().isdecimal():
                self.run, self.step = _run_and_step("rewind", rewind)
            else:
                self.step = _step("rewind", rewind)


def _run_and_step(what, given):
    """Takes ``run?step=1200`` apart."""
    if not isinstance(given, str):
        raise ValueError(f'{what} is {given!r:.60}; expected text such as "run?step=1200"')
    run, mark, step = given.rpartition("?step=")
    if not mark:
        run, mark, step = given.rpartition("?_step=")
    if not mark or not run:
        raise ValueError(f'{what} is "{_names.shown(given)}"; expected a run id and a step such as "run?step=1200"')
    _names.encode(run, f"run id in {what}")
    return run, _step(what, step)


def _step(what, given):
    try:
        step = as_step(int(given) if isinstance(given, str) and given.strip().isdecimal() else given)
    except ValueError:
        step = -1
    if not 0 <= step < STEP_LIMIT:
        shown = f'"{_names.shown(given)}"' if isinstance(given, str) else f"{given!r:.60}"
        raise ValueError(f"The step of {what} is {shown}; expected a whole number from 0 to 2^53")
    return step
