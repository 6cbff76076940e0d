"""A real terminal around a command: its width, what it shows, and keys that a person presses."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07|\r")


class Terminal:
    def __init__(self, place, *command, columns=80, **changes):
        self._ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        variables = place.variables(**{"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLUMNS": None, "NO_COLOR": None, **changes})
        self.process = subprocess.Popen(
            [str(part) for part in command],
            env=variables,
            cwd=place.folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            preexec_fn=_leads_the_terminal,
        )
        os.close(theirs)
        self.raw = ""
        self._seen = 0

    def type(self, keys):
        os.write(self._ours, keys.encode())

    def wait_for(self, text, seconds=60):
        """Waits until the terminal shows a text after all that was waited for before."""
        deadline = time.monotonic() + seconds
        while text not in self.shown()[self._seen :]:
            assert time.monotonic() < deadline, f"waited {seconds} s for {text!r}; it shows:\n{self.shown()}"
            assert self._read(1.0) or self.process.poll() is None, f"ended without {text!r}:\n{self.shown()}"
        self._seen += self.shown()[self._seen :].index(text) + len(text)

    def end(self, seconds=60):
        """Waits until the process has ended; returns its exit code."""
        deadline = time.monotonic() + seconds
        while self._read(1.0) or self.process.poll() is None:
            assert time.monotonic() < deadline, f"waited {seconds} s for the end; it shows:\n{self.shown()}"
        return self.process.wait()

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._ours)

    def shown(self):
        """Everything so far as text without colours and moves of the cursor."""
        return _CONTROL.sub("", self.raw)

    def lines(self):
        return self.shown().splitlines()

    def _read(self, seconds):
        if not select.select([self._ours], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._ours, 1 << 16)
        except OSError:
            return False  # Nobody has the other end any more.
        self.raw += data.decode("utf-8", "replace")
        return bool(data)


def _leads_the_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
