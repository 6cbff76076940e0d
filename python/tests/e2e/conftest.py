"""The client with the real agent out of this checkout."""

import os
import subprocess

import pytest
from support import PACKAGE_FOLDER

OSTRAKA = os.path.join(os.path.dirname(PACKAGE_FOLDER), "bin", "ostraka")


@pytest.fixture(scope="session")
def built():
    """Fails where the agent is not built: without it nothing here would be tested."""
    done = subprocess.run(
        [OSTRAKA, "version"],
        env={**os.environ, "OSTRAKA_NO_BUILD": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    if done.returncode != 0:
        pytest.fail(f"bin/ostraka does not start; build it with `bin/ostraka version`: {done.stdout.strip()}")


@pytest.fixture(autouse=True)
def real_agent(built, clean_environment, monkeypatch):
    monkeypatch.setenv("OSTRAKA_COMMAND", OSTRAKA)
