"""What earlier writers left in a root. A folder is read here; what a bucket holds is asked of the command
``ostraka past``, since the client speaks to no network."""

import json
import os
import time

from . import _agent, _names, _process, _root
from ._control import is_held

# As long as init() may wait for what is in a bucket: Java's start, a listing, and a request for each card.
BUCKET_SECONDS = 30.0

_BEATS_UNTIL_CRASHED = 4


class Unknown(Exception):
    """Where the steps of a run end cannot be found; the message says why, in a few words."""


class Writer:
    """One earlier writer: its card, and its journal if that waits in our spool."""

    def __init__(self, id, spool):
        self.id = id
        self.rank = int(id[1:7])
        self._spool = spool
        self.card = {}
        self.has_ended = False

    @property
    def started(self):
        """When it began, as text that sorts by time."""
        return str(self.card.get("started_at", ""))

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

        :param now: the time by the root's clock, in seconds; None in a bucket
        """
        if self.has_ended:
            return None
        if self._is_local():
            return "now" if self._is_alive() else None
        age = self._silent_seconds(now)
        return None if age is None else f"{age:.0f} s ago"

    def shown(self):
        """Who it is, for a message."""
        card = self.card
        return f"process {card.get('process_id', '?')} on {card.get('host', '?')} (since {card.get('started_at', '?')})"

    def _silent_seconds(self, now):
        """For how long nothing was heard of it; None if that is too long for one that runs."""
        raise NotImplementedError

    def _is_local(self):
        return os.path.exists(self._alive())

    def _is_alive(self):
        # Opening the lock file of a writer of this very process would let its lock fall.
        return _process.run_of(self.id) is not None or is_held(self._alive())

    def _alive(self):
        return os.path.join(self._spool, f"{self.id}.alive")


# A folder ---------------------------------------------------------------------------------------


class Folder:
    """A folder root, read as it is at each question.

    :param read_seconds: as long as all questions together may take
    """

    def __init__(self, settings, spool, read_seconds):
        self._settings = settings
        self._spool = spool
        self._deadline = time.monotonic() + read_seconds
        self._read_seconds = read_seconds

    def writers(self, run):
        """The writers of a run, of a name that need not exist.

        :raises OSError: in one line, if the folder cannot be read
        """
        folder = _root.run_folder(self._settings.root, self._settings.project, run)
        ids = [name[len("writer=") :] for name in _root.names(folder) if name.startswith("writer=")]
        return [_FolderWriter(os.path.join(folder, "writer=" + id), id, self._spool) for id in filter(_is_writer_id, ids)]

    def deleted_at(self, run):
        """When people deleted a run, or None."""
        return self._edits(run).get("deleted_at")

    def of_name(self, name):
        """The id of the latest run that people see under a name, or None."""
        best = None
        for folder in _root.names(_root.project_folder(self._settings.root, self._settings.project)):
            if time.monotonic() > self._deadline:
                raise ValueError(
                    f"The runs of {_names.shown(self._settings.project)} are too many to look for the name"
                    f' "{_names.shown(name)}" within {self._read_seconds:g} s; name the run by id='
                )
            run = _names.decode(folder[len("run=") :]) if folder.startswith("run=") else None
            edits = self._edits(run) if run is not None else {"deleted_at": True}
            if edits.get("deleted_at"):
                continue
            writers = self.writers(run)
            first = [writer for writer in writers if writer.rank == min(other.rank for other in writers)]
            if not first:
                continue
            newest = max(first, key=lambda writer: writer.started)
            if (edits.get("name") or newest.card.get("name")) == name and (best is None or newest.started > best[0]):
                best = (newest.started, run)
        return best and best[1]

    def last_step(self, run):
        """The greatest step of a run that is not hidden, None if it has no points: ``ostraka last-step`` looks into
        the shards, and into what waits in the spool.

        :raises Unknown: if it is not found in time
        """
        place = (self._settings.root, self._settings.project, run)
        answer, why = _agent.ask(self._deadline, "last-step", "--spool", self._spool, "--", *place)
        if why is None:
            try:
                return int(answer) if answer else None
            except ValueError:
                why = f"`ostraka last-step` answered {answer:.60}"
        raise Unknown(why)

    def _edits(self, run):
        folder = _root.run_folder(self._settings.root, self._settings.project, run)
        return _root.read_json(os.path.join(folder, "meta.json")) or {}


class _FolderWriter(Writer):
    def __init__(self, folder, id, spool):
        super().__init__(id, spool)
        self._folder = folder
        self._read()

    def sign_of_life(self, now):
        self._read()
        return super().sign_of_life(now)

    def _read(self):
        """Reads the last card, else the present one; without any it is empty."""
        end = os.path.join(self._folder, "end.json")
        card = _root.read_json(end)
        self.has_ended = card is not None or os.path.exists(end)
        self.card = card if card is not None else _root.read_json(os.path.join(self._folder, "writer.json")) or {}

    def _silent_seconds(self, now):
        beat = self.card.get("heartbeat_seconds")
        beat = beat if isinstance(beat, (int, float)) and beat > 0 else 10
        age = max(0.0, now - max(map(modified, self._changing())))
        return age if age <= _BEATS_UNTIL_CRASHED * beat else None

    def _changing(self):
        """Whatever changes its time when something is published."""
        yield self._folder
        yield os.path.join(self._folder, "writer.json")
        try:
            with os.scandir(self._folder) as entries:
                yield from (entry.path for entry in entries if entry.is_dir())
        except OSError:
            pass


def modified(path):
    """When a file or folder was changed, in seconds; 0 if it is not there."""
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _is_writer_id(text):
    rank, dash, rest = text[1:7], text[7:8], text[8:]
    digits = frozenset("0123456789")
    return text[:1] == "r" and len(rank) == 6 and digits.issuperset(rank) and dash == "-" and _is_hex(rest)


def _is_hex(text):
    return len(text) == 16 and frozenset("0123456789abcdef").issuperset(text)


# A bucket ---------------------------------------------------------------------------------------


class Bucket:
    """A bucket, asked once for all that ``init`` may want to know.

    :param name: the name that people know the run by, if its id is not known; else None
    :raises OSError: in one line, if the bucket does not answer
    """

    def __init__(self, settings, spool, name):
        self._spool = spool
        origin = settings.origin
        options = ["--spool", spool]
        if name is not None:
            options += ["--name=" + name]
        if origin.fork_run is not None:
            options += ["--fork=" + origin.fork_run]
        if origin.resume in ("allow", "must") and origin.step is None:
            options += ["--last-step"]
        place = (settings.root, settings.project, settings.run)
        answer, why = _agent.ask(time.monotonic() + BUCKET_SECONDS, "past", *options, "--", *place)
        if why is None:
            try:
                self._found = json.loads(answer)
                self._of_runs = {run["run"]: run for run in (self._found, self._found.get("fork")) if run}
                return
            except (ValueError, TypeError, KeyError, AttributeError):
                why = f"`ostraka past` answered {answer:.60}"
        told = origin.told if origin.fork_run is None else "fork"
        raise OSError(
            f"Cannot find out what is in {settings.root} to {told} a run of {_names.shown(settings.project)}: {why}"
        )

    def writers(self, run):
        """The writers of a run, of a name that need not exist; those too that only our spool knows."""
        found = self._of_runs.get(run, {}).get("writers", ())
        return [_BucketWriter(writer, self._spool) for writer in found if _is_writer_id(writer["writer"])]

    def deleted_at(self, run):
        """When people deleted a run, or None."""
        return self._of_runs.get(run, {}).get("deleted_at")

    def of_name(self, name):
        """The id of the latest run that people see under the name that was asked for, or None."""
        return self._found["run"] if self._found.get("named") else None

    def last_step(self, run):
        """The greatest step of the run that is not hidden, None if it has no points.

        :raises Unknown: if it was not found in time
        """
        if "last_step" not in self._found:
            raise Unknown(self._found.get("last_step_unknown", "nobody asked for it"))
        return self._found["last_step"]


class _BucketWriter(Writer):
    def __init__(self, found, spool):
        super().__init__(found["writer"], spool)
        self.card = found["card"]
        self.has_ended = found["ended"]
        self._silent = found["silent_seconds"] if found["running"] else None

    def _silent_seconds(self, now):
        return self._silent
