"""Ostraka, an experiment tracker without a server.

::

    import ostraka

    run = ostraka.init(project="digits", name="mlp-64", config={"lr": 3e-4})
    for step, batch in enumerate(loader):
        run.log({"train/loss": loss, "lr": lr}, step=step)
    run.finish()

What ``log`` returned for survives the end of the process, however it ends. It lies in a journal on a
local disk until the agent, a process of its own, has published it to the root as Parquet files.
"""

from ._current import current as _latest
from ._current import init
from ._run import Run

__version__ = "0.1.0"
__all__ = ["Run", "config", "finish", "flush", "init", "log", "run", "summary"]


def log(data, step=None):
    """:meth:`Run.log` of the run that ``init`` began last, those beside it aside."""
    _the_run().log(data, step)


def flush(timeout=60.0):
    """:meth:`Run.flush` of the run that ``init`` began last."""
    return _the_run().flush(timeout)


def finish(exit_code=0, timeout=60.0):
    """:meth:`Run.finish` of the run that ``init`` began last; True if there is none."""
    found = _latest()
    return found is None or found.finish(exit_code, timeout)


def _the_run():
    found = _latest()
    if found is None:
        raise RuntimeError('No run has begun; call ostraka.init() first (one with reinit="create_new" has its own log())')
    return found


def __getattr__(name):
    """``ostraka.run``, and its ``config`` and ``summary``; ``ostraka.run`` is None if there is none."""
    if name == "run":
        return _latest()
    if name in ("config", "summary"):
        return getattr(_the_run(), name)
    raise AttributeError(f"module 'ostraka' has no attribute {name!r}")
