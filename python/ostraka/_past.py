"""What a new writer goes on with: the run's earlier writers, where their steps end, and whether one of them still
runs."""

import os

from . import _earlier, _names, _root
from ._segment import STEP_LIMIT
from ._warn import say

# As long as init() may take to find where a run's steps end.
READ_SECONDS = 5.0

_KEPT = ("name", "group", "job_type", "notes", "tags")


class Past:
    """What a new writer goes on with.

    :ivar run: the id of the run, which may have been found by its name
    :ivar resumed: whether it goes on with earlier writers
    :ivar fields: what the new writer's card says about it
    :ivar first_step: the step of the first ``log`` that names none
    :ivar config: the run's config so far
    :ivar summary: the run's summary so far
    :ivar kept: fields of the run's card that stay as they are unless ``init`` names others
    """

    def __init__(self, run):
        self.run = run
        self.resumed = False
        self.fields = {}
        self.first_step = 0
        self.config = {}
        self.summary = {}
        self.kept = {}
        self._continued = []

    def say_who_still_runs(self, writer):
        """Warns of a continued writer that is alive. Asked once the new writer's own card is in the root: its
        time is the root's clock.

        :param writer: the new writer's folder; None in a bucket
        """
        now = None if writer is None else _earlier.modified(os.path.join(writer, "writer.json"))
        alive = [(earlier, age) for earlier in self._continued for age in [earlier.sign_of_life(now)] if age is not None]
        if alive:
            earlier, age = alive[0]
            others = f" and {len(alive) - 1} more" if len(alive) > 1 else ""
            say(
                f"The run {_names.shown(self.run)} is continued while {earlier.shown()} seems to write to it still"
                f" (last sign {age}){others}; end that process unless both are meant to run"
            )


def look(settings, spool):
    """What a run goes on with, by what ``init`` was told and what is in the root.

    :param settings: the ``_settings.Settings`` of the run
    :param spool: the folder of the spool
    :raises ValueError: in one line, if the root does not hold what was asked for, or holds what must not be there
    :raises OSError: in one line, if the root cannot be read
    """
    origin = settings.origin
    goes_on = origin.resume is not None or origin.fork_run is not None
    if _root.is_bucket(settings.root) and not goes_on:
        return Past(settings.run)
    by_name = _name_to_look_for(settings)
    if _root.is_bucket(settings.root):
        root = _earlier.Bucket(settings, spool, by_name)
    else:
        root = _earlier.Folder(settings, spool, READ_SECONDS)
    run = settings.run
    if by_name is not None:
        run = _of_name(root, by_name, settings) or run
    past = Past(run)
    if settings.has_shared_id or run != settings.run:
        _check_not_deleted(root, settings, run)
    if goes_on:
        writers = root.writers(run)
        same_place = [writer for writer in writers if writer.rank % settings.world_size == settings.rank]
        if origin.resume in ("allow", "must") and writers:
            _continue(past, writers, same_place, settings, root)
            return past
        shown = f"{_names.shown(settings.project)}/{_names.shown(run)}"
        if origin.resume == "must":
            raise ValueError(
                f"There is no run {shown} in {settings.root} to {origin.told}; check id, project and root, or begin it"
                ' with resume="allow"'
            )
        if origin.resume == "never" and same_place:
            raise ValueError(f'The run {shown} exists already and resume is "never"; choose another id or resume="allow"')
        if origin.fork_run is not None:
            if same_place:
                raise ValueError(
                    f"The run {shown} exists already and fork_from begins a new one; choose another id, or go on with it"
                    ' by resume="allow"'
                )
            _fork(past, settings, root)
    return past


def _name_to_look_for(settings):
    """The name that people know the run by which is resumed, or None if its id is known."""
    origin = settings.origin
    if origin.resume not in ("allow", "must") or settings.has_shared_id:
        return None
    if settings.given_name is None and origin.resume == "must":
        raise ValueError(f"{origin.told} needs the run's id; name it by id= or OSTRAKA_RUN_ID")
    return settings.given_name


def _of_name(root, name, settings):
    """The id of the latest run that people see under a name, or None."""
    run = root.of_name(name)
    if run is None and settings.origin.resume == "must":
        raise ValueError(
            f'There is no run named "{_names.shown(name)}" in the project {_names.shown(settings.project)} to'
            f" {settings.origin.told}; name it by id= or OSTRAKA_RUN_ID"
        )
    return run


def _check_not_deleted(root, settings, run):
    deleted_at = root.deleted_at(run)
    if deleted_at:
        raise ValueError(
            f"The run {_names.shown(settings.project)}/{_names.shown(run)} was deleted at {deleted_at};"
            " restore it or choose another id"
        )


def _continue(past, writers, continued, settings, root):
    """Goes on with the writers of this rank's place in the job, all of them if there is one rank."""
    step = settings.origin.step
    if step is None:
        # Without any of its own, a rank goes on where the others of the last time ended.
        basis = continued or [writer for writer in writers if writer.has_ended] or writers
        try:
            last = _last_step(writers, basis, root, past.run)
            step = 0 if last is None else min(last + 1, STEP_LIMIT - 1)
        except _earlier.Unknown as e:
            say(
                f"Where the steps of {_names.shown(settings.project)}/{_names.shown(past.run)} end was not found ({e}):"
                " log() without a step begins at 0, and nothing of before is hidden; resume_step= names the step"
            )
    past.resumed = True
    past.first_step = step or 0
    if continued:
        past.fields["supersedes"] = sorted(writer.id for writer in continued)
    if step is not None:
        past.fields["resume_step"] = step
    past._continued = continued
    oldest_first = sorted(writers, key=lambda writer: (writer.started, writer.id))
    for writer in oldest_first:
        past.config.update(_dictionary(writer.card.get("config")))
    for writer in sorted(oldest_first, key=lambda writer: -writer.rank):
        past.summary.update(_dictionary(writer.card.get("summary")))
        past.kept.update({key: writer.card[key] for key in _KEPT if writer.card.get(key)})


def _fork(past, settings, root):
    origin = settings.origin
    if origin.fork_run == past.run:
        raise ValueError(
            f"The run {_names.shown(past.run)} cannot be a fork of itself; choose another id, or rewind= to go back in it"
        )
    _check_not_deleted(root, settings, origin.fork_run)
    if not root.writers(origin.fork_run):
        raise ValueError(
            f"There is no run {_names.shown(settings.project)}/{_names.shown(origin.fork_run)} in {settings.root} to fork;"
            " check fork_from, project and root"
        )
    past.first_step = origin.fork_step
    past.fields.update(fork_run=origin.fork_run, fork_step=origin.fork_step)


# Where the steps end ----------------------------------------------------------------------------


def _last_step(writers, basis, root, run):
    """The greatest step of some writers that is not hidden, None if there is none.

    :param basis: the writers whose steps count
    :raises _earlier.Unknown: if it is not found in time
    """
    found = [writer.card["fork_step"] - 1 for writer in basis if isinstance(writer.card.get("fork_step"), int)]
    try:
        for writer in basis:
            step = writer.last_step
            hidden_from = _hidden_from(writer, writers)
            found.append(step if step is None or hidden_from is None else min(step, hidden_from - 1))
    except KeyError:
        found = [root.last_step(run)]
    return max((step for step in found if step is not None), default=None)


def _hidden_from(writer, writers):
    steps = [
        other.card["resume_step"]
        for other in writers
        if isinstance(other.card.get("resume_step"), int)
        and isinstance(other.card.get("supersedes"), list)
        and writer.id in other.card["supersedes"]
    ]
    return min(steps, default=None)


def _dictionary(value):
    return value if isinstance(value, dict) else {}
