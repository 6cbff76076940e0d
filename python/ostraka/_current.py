"""``ostraka.init``, and which run of this process is the one that module-level calls mean."""

from . import _settings
from ._run import DisabledRun, Run
from ._warn import say

_latest = None
_inits = 0
_REINIT = {
    None: "end",
    "default": "end",
    True: "finish_previous",
    "finish_previous": "finish_previous",
    False: "return_previous",
    "return_previous": "return_previous",
    "create_new": "create_new",
}


def current():
    """The run that module-level calls mean: the one that ``init`` began last, runs beside it aside.

    None if there is none or it has ended.
    """
    return None if _latest is None or _latest._finished else _latest


def init(
    project=None,
    name=None,
    config=None,
    *,
    tags=None,
    group=None,
    job_type=None,
    notes=None,
    id=None,
    resume=None,
    resume_step=None,
    fork_from=None,
    rewind=None,
    reinit=None,
    root=None,
    rank=None,
    world_size=None,
    strict=False,
    console=True,
    system=True,
    git=True,
    flush_seconds=None,
    flush_bytes=None,
    spool=None,
    when_full="wait",
    mode=None,
):
    """Begins a run. It ends with :meth:`Run.finish`, a ``with`` block or the end of the process.

    Each setting is the argument, else its variable, else its default. Without any argument it returns the
    run that is going on, if there is one; with some it ends that one first, unless ``reinit`` says otherwise.

    :param project: ``OSTRAKA_PROJECT``, else ``default``
    :param name: how people see the run: ``OSTRAKA_NAME``, else two words
    :param config: a dictionary, ``argparse.Namespace`` or dataclass object
    :param tags: a list of texts
    :param group: runs that belong together
    :param job_type: what kind of run it is, for example ``train``
    :param notes: any text
    :param id: the run id, which ranks of one job share: ``OSTRAKA_RUN_ID``, a launcher's own id, else new
    :param resume: go on with the run of that id, or else the latest of that name: ``allow`` if there is one,
        ``must`` if it has to be there; ``never`` if it must not be there. Its steps go on after the last one,
        for which the root is read for up to 5 s
    :param resume_step: go on at this step; what was logged from there on is hidden
    :param fork_from: ``run?step=1200``: a new run whose first 1,200 steps are those of another of the project
    :param rewind: ``run?step=1200``, or the step with ``id=``: go back in a run; what was logged from there on
        is hidden and nothing deleted
    :param reinit: with a run that is going on: ``finish_previous`` ends it, ``return_previous`` returns it,
        ``create_new`` begins one beside it, which module-level calls do not mean
    :param root: the folder to publish to: ``OSTRAKA_ROOT``, else ``./ostraka-runs``
    :param rank: this process's rank; found in the variables of the usual launchers
    :param world_size: how many ranks there are; likewise
    :param strict: raise what would be a warning, for tests
    :param console: keep what the process prints
    :param system: sample processor, memory, disk, network and graphics cards every 10 s
    :param git: find commit, branch, remote and whether there are changes
    :param flush_seconds: publish this often: ``OSTRAKA_FLUSH_SECONDS``, else 1
    :param flush_bytes: or after so many bytes of journal: ``OSTRAKA_FLUSH_BYTES``, else 8 MiB
    :param spool: where journals wait: ``OSTRAKA_SPOOL``, else the first usable of the usual places
    :param when_full: ``wait`` up to 10 s once when the spool is full, or ``drop`` at once
    :param mode: ``OSTRAKA_MODE``, else ``on``; ``disabled`` writes nothing
    :raises ValueError: in one line, if an argument makes no sense
    :raises OSError: in one line, if the root or the spool cannot be written
    """
    global _latest, _inits
    arguments = dict(locals())
    defaults = {**(init.__kwdefaults__ or {}), "project": None, "name": None, "config": None}
    going_on = current()
    if going_on is not None and all(value is defaults[key] for key, value in arguments.items()):
        return going_on
    del arguments["mode"], arguments["reinit"]
    try:
        way = _REINIT[reinit]
    except (KeyError, TypeError):
        raise ValueError(
            f'reinit is {reinit!r}; expected "finish_previous", "return_previous" or "create_new"'
        ) from None
    if going_on is not None and way == "return_previous":
        return going_on
    if _settings.is_disabled(mode):
        run = DisabledRun(config)
    else:
        settings = _settings.Settings(**arguments, nth_init=_inits + 1)
        if going_on is not None and going_on._is_own() and way != "create_new":
            if way == "end":
                say(f"The run {going_on.project}/{going_on.id} is ended, since another one begins")
            going_on.finish()
        run = Run(settings)
        _inits += 1
    if way != "create_new":
        _latest = run
    return run
