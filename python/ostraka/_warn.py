"""Lines for the person at the terminal: one line each, on stderr, and each kind of warning once."""

import sys
import threading

_said = set()
_printing = threading.local()


def say(line):
    """Prints one line on stderr. Never raises: a closed or broken stderr must not stop a training."""
    _printing.on = True
    try:
        stream = sys.stderr
        if stream is not None:
            stream.write("ostraka: " + line + "\n")
            stream.flush()
    except Exception:  # the person's stream may be anything; there is nowhere left to complain to
        pass
    finally:
        _printing.on = False


def say_once(key, line):
    """As :func:`say`, but only the first time that ``key`` is given in this process."""
    if key not in _said:
        _said.add(key)
        say(line)


def is_saying():
    """Whether this thread is inside :func:`say`; the console capture leaves such lines alone."""
    return getattr(_printing, "on", False)
