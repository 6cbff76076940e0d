"""Lines that this process prints, taken on their way to the terminal.

The ``write`` of the stream objects is wrapped, the objects stay who they are; whoever wrapped them
before or wraps them later goes on working. What another ``sys.stdout``, put in place later, passes on to
the one it replaced is still seen; what it keeps for itself was never on the terminal.
"""

import sys
import threading

from ._warn import is_saying, say_once

_LINE_LIMIT_CHARACTERS = 65_536

_sinks = []
_captures = []
_inside = threading.local()
_attaching = threading.RLock()
_following_cells = False


def attach(sink):
    """Gives every later line to ``sink(source, line)``; the source is ``stdout`` or ``stderr``."""
    with _attaching:
        if not _sinks:
            for source in ("stdout", "stderr"):
                stream = getattr(sys, source)
                if stream is not None:
                    capture = _Capture(source, stream)
                    if capture.begin():
                        _captures.append(capture)
        _sinks.append(sink)
        _follow_cells()


def renew(*_):
    """Wraps again what somebody has unwrapped: IPython puts back at the end of a cell what it found at its beginning."""
    with _attaching:
        for capture in _captures:
            capture.renew()


def _follow_cells():
    """Renews at the beginning of each cell, if this is a notebook."""
    global _following_cells
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None and not _following_cells:
        _following_cells = True
        shell.events.register("pre_run_cell", renew)


def detach(sink):
    """Gives the sink what is left of an unfinished line, and no more after that."""
    with _attaching:
        if sink in _sinks:
            for capture in _captures:
                capture.flush()
            _sinks.remove(sink)
            if not _sinks:
                while _captures:
                    _captures.pop().end()


def forget_unfinished():
    """In a forked child: the unfinished lines are the parent's."""
    global _attaching
    _attaching = threading.RLock()
    for capture in _captures:
        capture.lines = Lines()
        capture.lock = threading.Lock()


class _Capture:
    """The wrapped ``write`` of one stream."""

    def __init__(self, source, stream):
        self.source = source
        self.stream = stream
        self.lines = Lines()
        self.lock = threading.Lock()
        self.on = True
        self.reached = False
        self.wrapped = None

    def begin(self):
        write = self.stream.write
        self.before = getattr(self.stream, "__dict__", {}).get("write")

        def write_and_keep(text):
            written = write(text)
            if self.on and type(text) is str and self.wrapped is write_and_keep:
                if text:
                    self.keep(text)
                else:
                    self.reached = True
            return written

        self.wrapped = write_and_keep
        try:
            self.stream.write = write_and_keep
        except (AttributeError, TypeError):
            return False  # a stream that takes no attributes is left alone
        return True

    def renew(self):
        """Wraps the stream again if what is written to it does not come by here any more."""
        if getattr(self.stream, "__dict__", {}).get("write") is self.wrapped:
            return
        self.reached = False
        try:
            self.stream.write("")
        except Exception:  # closed, or whatever else is wrong with the person's stream
            return
        if not self.reached:
            self.begin()

    def end(self):
        self.on = False
        # Somebody may have wrapped ours since; then ours stays below and only passes on.
        if getattr(self.stream, "__dict__", {}).get("write") is not self.wrapped:
            return
        if self.before is None:
            del self.stream.write
        else:
            self.stream.write = self.before

    def keep(self, text):
        # Inside: a sink itself prints, or one stream passes on to the other.
        if getattr(_inside, "on", False) or is_saying():
            return
        _inside.on = True
        try:
            with self.lock:
                lines = self.lines.feed(text)
            self.give(lines)
        except Exception as e:  # whatever is wrong with us, the person's print goes on
            say_once("console", f"A printed line was not kept: {type(e).__name__}: {e}")
        finally:
            _inside.on = False

    def flush(self):
        with self.lock:
            lines = self.lines.rest()
        self.give(lines)

    def give(self, lines):
        for line in lines:
            for sink in list(_sinks):
                sink(self.source, line)


class Lines:
    """Cuts text into lines. Of what a line's carriage returns wrote over each other, as progress bars do,
    only the last stays."""

    def __init__(self):
        self._unfinished = ""

    def feed(self, text):
        """Takes more text and returns the lines that it completed."""
        *complete, rest = (self._unfinished + text).split("\n")
        self._unfinished = _overwritten(rest)
        if len(self._unfinished) > _LINE_LIMIT_CHARACTERS:
            complete.append(self._unfinished)
            self._unfinished = ""
        return [_overwritten(line).rstrip("\r") for line in complete]

    def rest(self):
        """Ends the unfinished line, if there is one."""
        rest, self._unfinished = self._unfinished.rstrip("\r"), ""
        return [rest] if rest.strip() else []


def _overwritten(line):
    """What is left of a line, with one carriage return at its end if it ends with any."""
    if "\r" not in line:
        return line
    shown = line.rstrip("\r")
    last = shown.rpartition("\r")[2]
    return last + "\r" if len(shown) < len(line) else last
