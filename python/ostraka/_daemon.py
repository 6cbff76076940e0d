"""The thread of our own beside a training: it looks after the agent, shows that the process runs,
finds what takes time to find, and samples the machine. It never takes more than moments."""

import os
import threading
import time

from . import _agent, _console, _facts
from ._journal import SYSTEM
from ._system import Sampler
from ._warn import say_once

_TICK_SECONDS = 1.0
_LOOK_SECONDS = 10.0
_SAMPLE_SECONDS = 10.0
_HELD_UP_SECONDS = 30.0


class Daemon:
    """The daemon thread of one writer."""

    def __init__(self, journal, spool, settings):
        self.agent = _agent.of(spool)
        self._journal = journal
        self._settings = settings
        self._stop = threading.Event()
        self._sampler = Sampler(spool)
        self._packages = {}
        self._folder = os.getcwd()
        self._held_up_since = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="ostraka", daemon=True)

    def start(self):
        """Starts the thread."""
        self._thread.start()

    def stop(self):
        """Ends the thread."""
        self._stop.set()

    def _run(self):
        begun = time.monotonic()
        look_at = beat_at = sample_at = begun
        if self._settings.git:
            git = threading.Thread(target=self._guarded, args=(self._find_git,), name="ostraka-git", daemon=True)
            git.start()
        while True:
            now = time.monotonic()
            if now >= look_at:
                self._guarded(self.agent.look)
                # Often at first: an agent that cannot run says so within moments.
                look_at = now + (_TICK_SECONDS if now - begun < _LOOK_SECONDS else _LOOK_SECONDS)
            if now >= beat_at:
                self._journal.control.beat()
                self._guarded(self._find_packages)
                beat_at = now + self._settings.heartbeat_seconds
            if now >= sample_at and self._settings.system:
                self._guarded(self._sample)
                # The second one soon, since rates need two: a short run has a sample too.
                sample_at = now + (_TICK_SECONDS if sample_at == begun else _SAMPLE_SECONDS)
            self._guarded(self._journal.say_unsaid)
            self._guarded(self._say_what_holds_up)
            self._guarded(self._journal.close_retired)
            self._guarded(_console.renew)
            if self._stop.wait(_TICK_SECONDS):
                self._guarded(self._journal.close_retired)
                return

    def _say_what_holds_up(self):
        """Says once what the drainer has had to say for a while: the training goes on, but nobody sees it."""
        error = self._journal.control.last_error
        now = time.monotonic()
        if not error:
            self._held_up_since = now
        elif now - self._held_up_since > _HELD_UP_SECONDS:
            say_once(
                ("held up", self._journal.writer),
                f"Nothing has been published for {_HELD_UP_SECONDS:g} s: {error.rstrip('.')}. The journal waits in"
                f" {self.agent.spool} and log() goes on",
            )

    def _find_git(self):
        found = _facts.git(self._folder)
        if found:
            self._journal.card({"git": found})

    def _find_packages(self):
        found = _facts.packages()
        if found != self._packages:
            self._packages = found
            self._journal.card({"packages": found})

    def _sample(self):
        sample = self._sampler.sample()
        if sample and not self._journal.closed:
            self._journal.values(SYSTEM, tuple(sample), tuple(sample.values()), None)

    def _guarded(self, task):
        """Whatever goes wrong here is said once and never reaches the training."""
        try:
            task()
        except Exception as e:
            say_once(("daemon", type(e), task.__name__), f"{task.__name__.strip('_')} failed: {type(e).__name__}: {e}")
