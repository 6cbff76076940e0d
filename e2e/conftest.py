"""What every end-to-end test has: a root, a spool and a home of its own, and real commands run with them."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from commands import Place


@pytest.fixture
def place():
    """A root, a spool and a home in a fresh folder; what still runs there is ended with the test."""
    folder = Path(tempfile.mkdtemp(prefix="ostraka-e2e-"))
    place = Place(folder)
    try:
        yield place
    finally:
        place.end_all()
        shutil.rmtree(folder, ignore_errors=True)


def pytest_configure():
    # The reports of `make check` go to a folder that a fresh clone does not have.
    os.makedirs(Path(__file__).resolve().parent.parent / "build" / "reports", exist_ok=True)
