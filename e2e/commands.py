"""Starts the real commands, and waits for what they do with a deadline."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
OSTRAKA = REPOSITORY / "bin" / "ostraka"
TRAINERS = REPOSITORY / "e2e" / "trainers"


def wait_until(condition, what, seconds=60):
    """Returns the first true answer of ``condition``, asked again and again until the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.01)


class Place:
    """A folder of a test: its root, its spool, its home, and the processes started with them."""

    def __init__(self, folder):
        self.folder = folder
        self.root = folder / "runs"
        self.spool = folder / "spool"
        self.home = folder / "home"
        self.home.mkdir()
        self._started = []

    def variables(self, **changes):
        """The environment of a process here; None removes a variable."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OSTRAKA_", "XDG_"))}
        kept.update(
            HOME=str(self.home),
            OSTRAKA_ROOT=str(self.root),
            OSTRAKA_SPOOL=str(self.spool),
            PYTHONPATH=str(REPOSITORY / "python"),
        )
        for name, value in changes.items():
            if value is None:
                kept.pop(name, None)
            else:
                kept[name] = str(value)
        return kept

    def start(self, *command, stdin=False, stderr=subprocess.PIPE, **changes):
        """Starts a process with its output in pipes, in a session of its own."""
        process = subprocess.Popen(
            [str(part) for part in command],
            env=self.variables(**changes),
            cwd=self.folder,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
            # A run in the background would hand down that Ctrl-C is ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self._started.append(process)
        return process

    def run(self, *command, timeout=120, **changes):
        """Runs a process to its end and returns (exit code, standard output, standard error)."""
        process = self.start(*command, **changes)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            raise AssertionError(f"{command} took more than {timeout} s; it said:\n{out}\n{err}") from None
        return process.returncode, out, err

    def ostraka(self, *arguments, **changes):
        return self.run(OSTRAKA, *arguments, **changes)

    def python(self, code, *arguments, **changes):
        """Runs a program of a user."""
        return self.run(sys.executable, "-c", code, *arguments, **changes)

    def runs(self, project):
        """What ``ostraka ls --json`` says of a project."""
        code, out, err = self.ostraka("ls", self.root, project, "--json")
        assert code == 0, err
        return json.loads(out)

    def published(self):
        """The folder with what is published."""
        return self.root

    def view(self, *arguments, **changes):
        """Starts the viewer and returns (process, address) once it answers."""
        process = self.start(OSTRAKA, "view", *arguments, "--no-browser", **changes)
        for line in process.stdout:
            if line.strip().startswith("http://"):
                return process, line.strip().rstrip("/")
        raise AssertionError(f"the viewer printed no address: {process.stderr.read()}")

    def journals(self):
        """The journals that wait in the spool."""
        return sorted(file.name for file in self.spool.glob("*.journal"))

    def java(self, trainer):
        """The command that runs a trainer written in Java."""
        code, out, err = self.ostraka("version")
        assert code == 0, err
        jars = next(line.split(maxsplit=1)[1] for line in out.splitlines() if line.startswith("jars "))
        java = next(line.split(" at ", 1)[1] for line in out.splitlines() if line.startswith("Java "))
        return [Path(java) / "bin" / "java", "-cp", f"{jars}/*", TRAINERS / trainer]

    def agent(self):
        """The process id of the agent that holds this spool's lock, or None."""
        holder = _lock_holder(self.spool / "agent.lock")
        return holder if holder and _is_alive(holder) else None

    def end_all(self):
        for process in self._started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()
        agent = self.agent()
        if agent:
            os.kill(agent, signal.SIGKILL)


@contextlib.contextmanager
def fresh_place():
    """A place in a fresh folder; what still runs there is ended, and the folder removed, at the end."""
    place = Place(Path(tempfile.mkdtemp(prefix="ostraka-e2e-")))
    try:
        yield place
    finally:
        place.end_all()
        shutil.rmtree(place.folder, ignore_errors=True)


def get(address, path, **headers):
    """An answer of the viewer as JSON."""
    with urllib.request.urlopen(urllib.request.Request(address + path, headers=headers), timeout=20) as answer:
        return json.load(answer)


def _lock_holder(file):
    """The process that holds an exclusive POSIX lock on a file, by Linux's table of locks.

    Who only asks whether the lock is held has a shared one for a moment: a client is no agent.
    """
    try:
        inode = os.stat(file).st_ino
    except FileNotFoundError:
        return None
    for line in Path("/proc/locks").read_text().splitlines():
        fields = line.split()
        if fields[1] == "POSIX" and fields[3] == "WRITE" and fields[5].rsplit(":", 1)[-1] == str(inode):
            return int(fields[4])
    return None


def _is_alive(process):
    try:
        os.kill(process, 0)
        return True
    except ProcessLookupError:
        return False
