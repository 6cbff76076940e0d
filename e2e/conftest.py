"""What every end-to-end test has: a root, a spool and a home of its own, and real commands run with them."""

import os
import subprocess

import pytest

from commands import OSTRAKA, REPOSITORY, fresh_place
import s3
import soak
import sql

# The files that take longest, longest first: begun last, one of them would keep a single worker busy in the end.
LONGEST = (
    "test_bucket_view",
    "test_bucket_resume",
    "test_terminal",
    "test_sync",
    "test_bucket_terminal",
    "test_full_disk",
    "test_http",
    "test_demo",
    "test_bad_input",
    "test_sql",
    "test_launcher",
    "test_kill",
)


def pytest_collection_modifyitems(items):
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))


@pytest.fixture
def place():
    """A root, a spool and a home in a fresh folder; what still runs there is ended with the test."""
    with fresh_place() as place:
        yield place


@pytest.fixture
def server(place):
    """An S3 server of its own, which the test may stop and start."""
    server = s3.Server(place.folder / "s3")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def asked():
    """A root with the project of docs/sql.md."""
    with fresh_place() as place:
        sql.make_root(place)
        yield place


def pytest_terminal_summary(terminalreporter):
    if soak.counted:
        terminalreporter.write_line(f"{soak.counted.total()} rounds of signals:")
        for kind, rounds in soak.counted.items():
            terminalreporter.write_line(f"  {rounds:4}  {kind}")


def pytest_configure():
    # The reports of `make check` go to a folder that a fresh clone does not have.
    os.makedirs(REPOSITORY / "build" / "reports", exist_ok=True)


@pytest.fixture(scope="session", autouse=True)
def built():
    """Builds first, so that no test takes the launcher's progress for what a command says."""
    subprocess.run([OSTRAKA, "version"], check=True, stdout=subprocess.DEVNULL)
