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

from ._run import Run, init

__version__ = "0.1.0"
__all__ = ["Run", "config", "finish", "flush", "init", "log", "run", "summary"]


def log(data, step=None):
    """:meth:`Run.log` of the run that this process began last."""
    _current().log(data, step)


def flush(timeout=60.0):
    """:meth:`Run.flush` of the run that this process began last."""
    return _current().flush(timeout)


def finish(exit_code=0, timeout=60.0):
    """:meth:`Run.finish` of the run that this process began last; True if there is none."""
    from ._run import current

    return current() is None or current().finish(exit_code, timeout)


def _current():
    from ._run import current

    found = current()
    if found is None:
        raise RuntimeError("No run has begun; call ostraka.init() first")
    return found


def __getattr__(name):
    """``ostraka.run``, and its ``config`` and ``summary``; ``ostraka.run`` is None if there is none."""
    if name == "run":
        from ._run import current

        return current()
    if name in ("config", "summary"):
        return getattr(_current(), name)
    raise AttributeError(f"module 'ostraka' has no attribute {name!r}")
