"""Small things that many tests need."""

import os
import time

PACKAGE_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NO_AGENT = "/nonexistent/ostraka"


def only(things):
    (thing,) = things
    return thing


def wait_until(condition, seconds=20.0):
    """Waits until something is true, and fails if it does not become so in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not true within {seconds} s"
        time.sleep(0.01)
