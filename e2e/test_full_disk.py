"""Disks that are really full: a small one of our own, mounted in a mount namespace that ends with the test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SIZE = "48m"
LARGEST_SHARED_MEMORY_BYTES = 256 << 20

# Ways to a disk of our own, best first: as root, as a user who may make namespaces, as one who may become root.
WAYS = {
    "a mount namespace as root": ["unshare", "--mount"],
    "a user and a mount namespace": ["unshare", "--user", "--map-root-user", "--mount"],
    "a mount namespace by sudo": ["sudo", "-n", "-E", "unshare", "--mount"],
}


def way(folder):
    """The command that runs another with a small disk mounted, the disk, and the words for it."""
    disk = folder / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs -o size={SIZE} none "{disk}" && exec "$@"'
    for words, command in WAYS.items():
        try:
            if subprocess.run([*command, "sh", "-c", mount, "sh", "true"], capture_output=True).returncode == 0:
                return [*command, "sh", "-c", mount, "sh"], disk, words
        except FileNotFoundError:
            pass  # no such program here
    shared = os.statvfs("/dev/shm")
    assert shared.f_blocks * shared.f_frsize <= LARGEST_SHARED_MEMORY_BYTES, (
        "no small disk can be made full here: neither unshare nor sudo may mount one, and /dev/shm is too large to fill"
    )
    return [], Path("/dev/shm"), "the machine's small /dev/shm"


@pytest.mark.parametrize("language", ["Python", "Java"])
@pytest.mark.parametrize("scenario", ["spool", "waiting spool", "root"])
def test_training_outlives_a_full_disk_and_nothing_that_was_taken_is_lost(tmp_path, scenario, language):
    command, disk, words = way(tmp_path)
    here = tmp_path / "here"
    here.mkdir()
    done = subprocess.run(
        [*command, sys.executable, HERE / "full_disk.py", here, scenario, language, disk],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    print(f"\nthe disk of the {scenario} full, {language}, by {words}: {done.stdout}")
    assert done.returncode == 0, done.stdout
