"""A run as the training program sees it."""

import os
import threading
import time

from . import _console, _facts, _past, _process, _root, _settings, _spool, _values, _words
from ._daemon import Daemon
from ._fields import Fields, as_dictionary, hide_arguments, storable
from ._journal import CONSOLE, TEXTS, Journal
from ._segment import METRICS, NO_STEP_YET, SEGMENT_BYTES
from ._warn import say, say_once

_WAIT_FOR_ROOM_SECONDS = 10.0
_LOOK_SECONDS = 0.005
_LOOK_FOR_AGENT_SECONDS = 0.1
_COMPLAINTS = 1_000


class Run:
    """One run of a project, to which this process is a writer. Made by :func:`ostraka.init`.

    Any number of threads may log. A forked child that logs becomes a writer of its own. As a context
    manager it finishes the run at the end of the block, as failed if the block raised.
    """

    def __init__(self, settings, segment_bytes=SEGMENT_BYTES):
        self._settings = settings
        self._segment_bytes = segment_bytes
        self._lock = threading.RLock()
        self._packers = {}
        self._complaints = set()
        self._finished = False
        self._failure = None
        config = as_dictionary(settings.config, "config")
        spool = _spool.choose(settings.spool, settings.spool_limit)
        self._past = past = _past.look(settings, spool.path)
        self._config = Fields("config", lambda change: self._change({"config": change}), {**past.config, **config})
        self._summary = Fields("summary", lambda change: self._change({"summary": change}), past.summary)
        if settings.world_size > 1 and settings.rank == 0 and not settings.has_shared_id:
            say_once(
                "no shared id",
                f"The {settings.world_size} ranks of this job have no run id in common, so each is a run of its own;"
                " set OSTRAKA_RUN_ID to one value for all of them",
            )
        folder = self._begin(spool, {"config": storable(config, "config"), **past.fields})
        past.say_who_still_runs(folder)
        _process.began(self)
        if settings.console:
            _console.attach(self._print)

    # What a training calls ----------------------------------------------------------------------

    def log(self, data, step=None):
        """Logs numbers and texts. When it returns they survive the end of this process.

        A number may be a Python, NumPy or tensor scalar. A nested dictionary becomes names with ``/``;
        texts and lists are stored as texts. What cannot be logged is named in one warning, and
        the rest is logged.

        :param data: a dictionary from names to values
        :param step: a whole number within ±2^53, in any order; None for the greatest so far + 1
        :raises ValueError: only if the run is ``strict``
        """
        try:
            if self._packers[tuple(data)](data, step):
                return
        except (KeyError, TypeError):
            pass
        self._log_slowly(data, step)

    def flush(self, timeout=60.0):
        """Waits until everything logged before is published.

        :param timeout: seconds
        :return: True, or False with one line that says what is left, where, and how to publish it
        """
        if not self._is_own():
            return True
        journal, daemon = self._journal, self._daemon
        position = journal.position()
        journal.control.want_flush(position)
        return self._wait(journal, daemon, position, timeout)

    def finish(self, exit_code=0, timeout=60.0):
        """Ends the run and waits until everything is published.

        :param exit_code: anything but 0 marks the run as failed
        :param timeout: seconds
        :return: True, or False with one line that says what is left, where, and how to publish it
        """
        failure = self._failure or (f"exit code {exit_code}" if exit_code else None)
        return self._end(failure, timeout)

    @property
    def config(self):
        """The run's configuration, by item or attribute; changes are stored. To assign is to update."""
        return self._config

    @config.setter
    def config(self, values):
        self._config.update(values)

    @property
    def summary(self):
        """What the run came to, by item or attribute; changes are stored. To assign is to update."""
        return self._summary

    @summary.setter
    def summary(self, values):
        self._summary.update(values)

    @property
    def project(self):
        """The project's name."""
        return self._settings.project

    @property
    def id(self):
        """The run's id."""
        return self._past.run

    @property
    def name(self):
        """The run's name, as people see it."""
        return self._settings.given_name or self._past.kept.get("name") or _words.name_of(self.id)

    @property
    def root(self):
        """The folder that everything is published to."""
        return self._settings.root

    @property
    def writer(self):
        """The id of this process as a writer of the run."""
        return self._journal.writer

    @property
    def resumed(self):
        """Whether this run goes on with what earlier processes logged to it."""
        return self._past.resumed

    @property
    def step(self):
        """The step that the next ``log`` without one gets: the greatest so far + 1."""
        return self._journal.segment.top + 1

    @property
    def dropped(self):
        """How many points were not accepted because the spool was full."""
        return self._journal.control.dropped

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is not None:
            self._fail(error)
        self.finish()

    def __repr__(self):
        return f"<ostraka.Run {self.project}/{self.id} at {self.root}>"

    # Beginning and end --------------------------------------------------------------------------

    def _begin(self, spool, extra):
        """Becomes a writer, with its folder and first card in the root and then its journal; returns the folder."""
        settings, past = self._settings, self._past
        wall_ms, ticks_ns = time.time_ns() // 1_000_000, time.monotonic_ns()
        started = rfc3339(wall_ms)
        writer = _settings.new_writer_id(settings.rank)
        card = {
            "tags": [],
            **past.kept,
            "name": self.name,
            "summary": {},
            "rank": settings.rank,
            "world_size": settings.world_size,
            **_facts.constant(),
            "command": hide_arguments(_facts.command()),
            "started_at": started,
            **extra,
        }
        for key in ("group", "job_type", "notes", "tags"):
            told = getattr(settings, key)
            if told is not None:
                card[key] = told
        place = {"format": 1, "writer": writer, "project": settings.project, "run": past.run}
        pace = {
            "flush": {"seconds": settings.flush_seconds, "bytes": settings.flush_bytes},
            "heartbeat_seconds": settings.heartbeat_seconds,
        }
        folder = _root.begin(
            settings.root, {**place, **card, **pace, "dropped": 0, "heartbeat_at": started, "state": "running"}
        )
        header = {
            **place,
            "root": _root.uri(settings.root),
            "spool": spool.id,
            "boot": _facts.boot_id(),
            "clock": {"wall_ms": wall_ms, "ticks_ns": ticks_ns},
            **pace,
        }
        wait_seconds = _WAIT_FOR_ROOM_SECONDS if settings.when_full == "wait" else 0.0
        try:
            self._journal = Journal(
                spool, header, card, wait_seconds, self._segment_bytes, top=max(past.first_step - 1, NO_STEP_YET)
            )
        except BaseException as e:
            _root.abandon(folder)
            if isinstance(e, OSError):
                why = e.strerror or e
                raise type(e)(
                    f"Cannot begin a journal in the spool {spool.path}: {why}; free some space or name another"
                    " folder by spool= or OSTRAKA_SPOOL"
                ) from None
            raise
        self._pid = os.getpid()
        self._packers = self._journal.packers
        self._daemon = Daemon(self._journal, spool.path, settings)
        self._daemon.start()
        return folder

    def _begin_in_child(self):
        """In a forked child that logs: becomes a writer of its own."""
        with self._lock:
            if self._is_own() or self._finished:
                return
            parent = self._journal.writer
            values = {"config": self.config, "summary": self.summary}
            extra = {title: storable(dict(fields), title) for title, fields in values.items()}
            try:
                spool = _spool.choose(self._settings.spool, self._settings.spool_limit)
                self._begin(spool, {**extra, "parent_writer": parent})
            except OSError as e:
                self._pid = os.getpid()
                self._finished = True
                say(f"This forked process cannot log: {e}")
                return
            _process.finish_with_child(self)

    def _end(self, failure, timeout):
        with self._lock:
            if self._finished or not self._is_own():
                return True
            _console.detach(self._print)
            journal, daemon = self._journal, self._daemon
            if not journal.say_unsaid():
                say(f"The last changes of config and summary of {self._shown()} are not stored, since there is no room")
            position = journal.close("failed" if failure else "finished", failure)
            self._finished = True
        try:
            done = self._wait(journal, daemon, position, timeout)
            if done and self.dropped:
                say(f"{self._shown()} is published; {_dropped(self.dropped)}")
            return done
        finally:
            journal.release()
            daemon.stop()  # which gives back the mapping of what was released
            _process.ended(self)

    def _is_own(self):
        """Whether this process is the writer, and not a child forked from it."""
        return self._pid == os.getpid()

    def _after_fork(self):
        self._lock = threading.RLock()
        self._journal.disown()

    def _fail(self, error):
        """Remembers why the run fails; the first reason stays."""
        if self._failure is None and not (isinstance(error, SystemExit) and not error.code):
            text = " ".join(str(error).split())
            self._failure = type(error).__name__ + (": " + text if text else "")

    def _wait(self, journal, daemon, position, timeout):
        control, agent = journal.control, daemon.agent
        now = look_at = time.monotonic()
        deadline = now + timeout
        why = None
        while control.published < position:
            now = time.monotonic()
            if now >= look_at:
                why = agent.look()
                look_at = now + _LOOK_FOR_AGENT_SECONDS
            if why is None and now < deadline:
                time.sleep(_LOOK_SECONDS)
                continue
            why = why or control.last_error.rstrip(".") or f"not done within {timeout:g} s"
            left = journal.bytes_between(control.published, position)
            say(
                f"{_size(left)} of the journal of {self._shown()} are not published: {why}."
                f" They lie in {agent.spool}; publish them with `{agent.publish_command()}`"
                + (f"; {_dropped(self.dropped)}" if self.dropped else "")
            )
            return False
        return True

    def _shown(self):
        return f"{self.project}/{self.id}"

    # The slow way of log() ----------------------------------------------------------------------

    def _log_slowly(self, data, step):
        if not self._is_own():
            self._begin_in_child()
        if self._finished:
            self._complain("finished", f"log() after the end of the run {self._shown()} is not stored")
            return
        if not isinstance(data, dict):
            kind = type(data).__name__
            self._complain(("data", kind), f"log() takes a dictionary from names to values, not {kind}; not logged")
            return
        journal = self._journal
        try:
            step = _values.as_step(journal.segment.top + 1 if step is None else step)
        except ValueError as e:
            self._complain("step", f"log() was given a step that cannot be stored: {e}; not logged")
            return
        found = _values.sort(dict(data))
        for name, text in found.texts:
            journal.row(TEXTS, (name, text), step)
        if found.names:
            names = tuple(found.names)
            accepted = journal.values(METRICS, names, found.numbers, step)
            if accepted and names == tuple(data) and names not in journal.packers:
                journal.compile(names)
        self._packers = journal.packers
        for name, kind, why in found.complaints:
            self._complain((name, kind), f'"{name}" of type {kind} is not logged: {why}')

    def _complain(self, key, line):
        if self._settings.strict:
            raise ValueError(line)
        if key not in self._complaints and len(self._complaints) < _COMPLAINTS:
            self._complaints.add(key)
            say(line)

    def _change(self, change):
        if not self._is_own():
            self._begin_in_child()
        if self._finished:
            self._complain("finished", f"A change after the end of the run {self._shown()} is not stored")
        else:
            self._journal.card(change)

    def _print(self, source, line):
        """Stores a line that this process printed; one of a forked child that does not log is left alone."""
        if self._is_own() and not self._finished:
            top = self._journal.segment.top
            self._journal.row(CONSOLE, (source, line), None if top == NO_STEP_YET else top)


class DisabledRun(Run):
    """A run that writes nothing anywhere, for ``OSTRAKA_MODE=disabled``."""

    def __init__(self, config):
        self._config = Fields("config", lambda change: None, as_dictionary(config, "config"))
        self._summary = Fields("summary", lambda change: None)

    project = id = name = root = writer = ""
    dropped = step = 0
    resumed = False
    _finished = False

    def log(self, data, step=None):
        """Does nothing."""

    def flush(self, timeout=60.0):
        """Does nothing."""
        return True

    def finish(self, exit_code=0, timeout=60.0):
        """Ends the run that never was."""
        self._finished = True
        return True

    def __exit__(self, kind, error, trace):
        self.finish()

    def __repr__(self):
        return "<ostraka.Run disabled>"

    def _is_own(self):
        return False


def rfc3339(wall_ms):
    """A time in milliseconds since the epoch as RFC 3339 text in UTC."""
    seconds, milliseconds = divmod(wall_ms, 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{milliseconds:03d}Z"


def _dropped(points):
    return f"{points} point{'s were' if points > 1 else ' was'} dropped while there was no room"


def _size(left):
    return f"{left / (1 << 20):.1f} MiB" if left >= 1 << 20 else f"{left} bytes"
