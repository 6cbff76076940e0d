"""bin/ostraka in a checkout that is not built, in a folder with spaces in its name."""

import os
import shutil
import signal
import subprocess

import pytest

from commands import REPOSITORY


@pytest.fixture
def checkout(place):
    """A copy of the files that belong to the repository."""
    copy = place.folder / "a checkout, with spaces"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (REPOSITORY / name).is_file():
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, target)
    return copy


@pytest.fixture
def own_home():
    """The launcher builds with the caller's home, where Maven and npm keep what they have fetched."""
    return {"HOME": os.environ.get("HOME")}


def only_line(err):
    lines = err.splitlines()
    assert len(lines) == 1, err
    return lines[0]


def test_a_launcher_that_must_not_build_says_so_and_exits_with_3(place, checkout):
    code, out, err = place.run(checkout / "bin/ostraka", "version", OSTRAKA_NO_BUILD=1)
    assert code == 3 and out == ""
    assert "not built" in only_line(err)


def test_a_java_that_is_too_old_is_one_line(place, checkout):
    java = place.folder / "jdk-11"
    (java / "bin").mkdir(parents=True)
    (java / "bin/java").write_text("#!/bin/sh\nexit 1\n")
    (java / "bin/java").chmod(0o755)
    (java / "release").write_text('JAVA_VERSION="11.0.2"\n')
    code, _, err = place.run(checkout / "bin/ostraka", "version", OSTRAKA_JAVA=None, JAVA_HOME=java)
    assert code == 1
    assert "Java 11.0.2" in only_line(err) and "17 or later" in err and "JAVA_HOME" in err


def test_tools_that_are_missing_are_one_line(place, checkout):
    tools = place.folder / "tools"
    tools.mkdir()
    for name in ("sh", "java", "readlink", "uname", "find", "sort", "tr", "xargs", "sha256sum", "sed", "head", "mkdir", "flock"):
        (tools / name).symlink_to(os.path.realpath(shutil.which(name)))
    code, _, err = place.run(checkout / "bin/ostraka", "version", PATH=tools)
    assert code == 1
    assert "Maven" in only_line(err)
    (tools / "java").unlink()
    code, _, err = place.run(checkout / "bin/ostraka", "version", PATH=tools, JAVA_HOME=None, OSTRAKA_JAVA=None)
    assert code == 1
    assert "JDK" in only_line(err)


def test_a_build_that_is_killed_leaves_nothing_half_and_the_one_that_waited_builds(place, checkout, own_home):
    first = place.start(checkout / "bin/ostraka", "version", **own_home)
    assert "building once" in first.stderr.readline()
    second = place.start(checkout / "bin/ostraka", "version", **own_home)
    assert "waiting for it" in second.stderr.readline()
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    out, err = second.communicate(timeout=600)
    assert second.returncode == 0, err
    assert "building once" in err
    assert out.startswith("ostraka ")
    built = sorted(entry.name for entry in (checkout / "build").iterdir() if entry.name.startswith((".building", "app-")))
    assert len(built) == 1 and built[0].startswith("app-"), built
    code, again, err = place.run(checkout / "bin/ostraka", "version", **own_home)
    assert (code, again, err) == (0, out, ""), "the second start builds nothing"
