"""What earlier writers left of a run: their cards in the root, where their steps end, and whether one of them
still runs."""

import os
import time

from . import _agent, _names, _process, _root
from ._control import is_held
from ._segment import STEP_LIMIT
from ._warn import say

# As long as init() may take to find where a run's steps end.
READ_SECONDS = 5.0

_KEPT = ("name", "group", "job_type", "notes", "tags")
_BEATS_UNTIL_CRASHED = 4


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

        :param writer: the new writer's folder
        """
        now = _modified(os.path.join(writer, "writer.json"))
        alive = [(earlier, age) for earlier in self._continued for age in [earlier.sign_of_life(now)] if age is not None]
        if alive:
            earlier, age = alive[0]
            others = f" and {len(alive) - 1} more" if len(alive) > 1 else ""
            say(
                f"The run {_names.shown(self.run)} is continued while {earlier.shown()} seems to write to it still"
                f" (last sign {age}){others}; end that process unless both are meant to run"
            )


class Writer:
    """One earlier writer: its card, and its journal if that waits in our spool."""

    def __init__(self, folder, id, spool):
        self.id = id
        self.rank = int(id[1:7])
        self.folder = folder
        self._spool = spool
        self.read()

    def read(self):
        """Reads the last card, else the present one; without any it is empty."""
        end = os.path.join(self.folder, "end.json")
        self.card = _root.read_json(end)
        self.has_ended = self.card is not None or os.path.exists(end)
        if self.card is None:
            self.card = _root.read_json(os.path.join(self.folder, "writer.json")) or {}

    @property
    def last_step(self):
        """The greatest step of its points, None if it has none.

        :raises KeyError: if its card does not say
        """
        run = _process.run_of(self.id)
        if run is not None:
            return run.step - 1 if run.step else None
        step = self.card["last_step"]
        if step is not None and not isinstance(step, int):
            raise KeyError("last_step")
        return step

    def sign_of_life(self, now):
        """How long ago it showed that it runs, as text, or None if it does not.

        :param now: the time by the root's clock, in seconds
        """
        self.read()
        if self.has_ended:
            return None
        if self._is_local():
            return "now" if self._is_alive() else None
        beat = self.card.get("heartbeat_seconds")
        beat = beat if isinstance(beat, (int, float)) and beat > 0 else 10
        age = max(0.0, now - max(map(_modified, self._folders())))
        return f"{age:.0f} s ago" if age <= _BEATS_UNTIL_CRASHED * beat else None

    def shown(self):
        """Who it is, for a message."""
        card = self.card
        return f"process {card.get('process_id', '?')} on {card.get('host', '?')} (since {card.get('started_at', '?')})"

    def _is_local(self):
        return os.path.exists(self._alive())

    def _is_alive(self):
        # Opening the lock file of a writer of this very process would let its lock fall.
        return _process.run_of(self.id) is not None or is_held(self._alive())

    def _alive(self):
        return os.path.join(self._spool, f"{self.id}.alive")

    def _folders(self):
        """Whatever changes its time when something is published."""
        yield self.folder
        yield os.path.join(self.folder, "writer.json")
        try:
            with os.scandir(self.folder) as entries:
                yield from (entry.path for entry in entries if entry.is_dir())
        except OSError:
            pass


def look(settings, spool):
    """What a run goes on with, by what ``init`` was told and what is in the root.

    :param settings: the ``_settings.Settings`` of the run
    :param spool: the folder of the spool
    :raises ValueError: in one line, if the root does not hold what was asked for, or holds what must not be there
    :raises OSError: in one line, if the root cannot be read
    """
    origin = settings.origin
    if _root.is_bucket(settings.root):
        if origin.resume is not None or origin.fork_run is not None:
            raise ValueError(
                f"A run in the bucket {settings.root} cannot be resumed, rewound or forked by this version, whose Python"
                " client speaks to no network; leave resume, rewind and fork_from out, or log to a folder"
            )
        return Past(settings.run)
    deadline = time.monotonic() + READ_SECONDS
    run = settings.run
    if origin.resume in ("allow", "must") and not settings.has_shared_id:
        run = _latest_of_name(settings, deadline) or run
    past = Past(run)
    if settings.has_shared_id or run != settings.run:
        _check_not_deleted(settings, run)
    if origin.resume is not None or origin.fork_run is not None:
        writers = _writers(settings, run, spool)
        same_place = [writer for writer in writers if writer.rank % settings.world_size == settings.rank]
        if origin.resume in ("allow", "must") and writers:
            _continue(past, writers, same_place, settings, spool, deadline)
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
            _fork(past, settings, spool)
    return past


def _continue(past, writers, continued, settings, spool, deadline):
    """Goes on with the writers of this rank's place in the job, all of them if there is one rank."""
    step = settings.origin.step
    if step is None:
        # Without any of its own, a rank goes on where the others of the last time ended.
        basis = continued or [writer for writer in writers if writer.has_ended] or writers
        try:
            last = _last_step(writers, basis, settings, past.run, spool, deadline)
            step = 0 if last is None else min(last + 1, STEP_LIMIT - 1)
        except _Unknown as e:
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
    oldest_first = sorted(writers, key=lambda writer: (_started(writer), writer.id))
    for writer in oldest_first:
        past.config.update(_dictionary(writer.card.get("config")))
    for writer in sorted(oldest_first, key=lambda writer: -writer.rank):
        past.summary.update(_dictionary(writer.card.get("summary")))
        past.kept.update({key: writer.card[key] for key in _KEPT if writer.card.get(key)})


def _fork(past, settings, spool):
    origin = settings.origin
    if origin.fork_run == past.run:
        raise ValueError(
            f"The run {_names.shown(past.run)} cannot be a fork of itself; choose another id, or rewind= to go back in it"
        )
    _check_not_deleted(settings, origin.fork_run)
    if not _writers(settings, origin.fork_run, spool):
        raise ValueError(
            f"There is no run {_names.shown(settings.project)}/{_names.shown(origin.fork_run)} in {settings.root} to fork;"
            " check fork_from, project and root"
        )
    past.first_step = origin.fork_step
    past.fields.update(fork_run=origin.fork_run, fork_step=origin.fork_step)


# Where the steps end ----------------------------------------------------------------------------


class _Unknown(Exception):
    """Where the steps end cannot be found; the message says why, in a few words."""


def _last_step(writers, basis, settings, run, spool, deadline):
    """The greatest step of some writers that is not hidden, None if there is none.

    :param basis: the writers whose steps count
    :raises _Unknown: if it is not found until the deadline
    """
    found = [writer.card["fork_step"] - 1 for writer in basis if isinstance(writer.card.get("fork_step"), int)]
    try:
        for writer in basis:
            step = writer.last_step
            hidden_from = _hidden_from(writer, writers)
            found.append(step if step is None or hidden_from is None else min(step, hidden_from - 1))
    except KeyError:
        found = [_ask(settings, run, spool, deadline)]
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


def _ask(settings, run, spool, deadline):
    """Has ``ostraka last-step`` look into the shards, and into what waits in the spool."""
    answer, why = _agent.ask(deadline, "last-step", "--spool", spool, "--", settings.root, settings.project, run)
    if why is None:
        try:
            return int(answer) if answer else None
        except ValueError:
            why = f"`ostraka last-step` answered {answer:.60}"
    raise _Unknown(why)


# Cards in the root ------------------------------------------------------------------------------


def _writers(settings, run, spool):
    folder = _root.run_folder(settings.root, settings.project, run)
    ids = [name[len("writer=") :] for name in _root.names(folder) if name.startswith("writer=")]
    return [Writer(os.path.join(folder, "writer=" + id), id, spool) for id in filter(_is_writer_id, ids)]


def _is_writer_id(text):
    rank, dash, rest = text[1:7], text[7:8], text[8:]
    digits = frozenset("0123456789")
    return text[:1] == "r" and len(rank) == 6 and digits.issuperset(rank) and dash == "-" and _is_hex(rest)


def _is_hex(text):
    return len(text) == 16 and frozenset("0123456789abcdef").issuperset(text)


def _check_not_deleted(settings, run):
    edits = _edits(settings, run)
    if edits.get("deleted_at"):
        raise ValueError(
            f"The run {_names.shown(settings.project)}/{_names.shown(run)} was deleted at {edits['deleted_at']};"
            " restore it or choose another id"
        )


def _edits(settings, run):
    return _root.read_json(os.path.join(_root.run_folder(settings.root, settings.project, run), "meta.json")) or {}


def _latest_of_name(settings, deadline):
    """The id of the latest run that people see under the name that ``init`` was given, or None."""
    name = settings.given_name
    if name is None:
        if settings.origin.resume == "must":
            raise ValueError(f"{settings.origin.told} needs the run's id; name it by id= or OSTRAKA_RUN_ID")
        return None
    best = None
    for folder in _root.names(_root.project_folder(settings.root, settings.project)):
        if time.monotonic() > deadline:
            raise ValueError(
                f'The runs of {_names.shown(settings.project)} are too many to look for the name "{_names.shown(name)}"'
                f" within {READ_SECONDS:g} s; name the run by id="
            )
        run = _names.decode(folder[len("run=") :]) if folder.startswith("run=") else None
        edits = _edits(settings, run) if run is not None else {"deleted_at": True}
        if edits.get("deleted_at"):
            continue
        writers = _writers(settings, run, "")
        first = [writer for writer in writers if writer.rank == min(other.rank for other in writers)]
        if not first:
            continue
        newest = max(first, key=_started)
        if (edits.get("name") or newest.card.get("name")) == name and (best is None or _started(newest) > best[0]):
            best = (_started(newest), run)
    if best is None and settings.origin.resume == "must":
        raise ValueError(
            f'There is no run named "{_names.shown(name)}" in the project {_names.shown(settings.project)} to'
            f" {settings.origin.told}; name it by id= or OSTRAKA_RUN_ID"
        )
    return best and best[1]


def _started(writer):
    return str(writer.card.get("started_at", ""))


def _dictionary(value):
    return value if isinstance(value, dict) else {}


def _modified(path):
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
