"""The agent of a spool, a process of its own: whether it is there, and starting it."""

import os
import threading
import time

from ._control import is_held
from ._warn import say_once

_NO_COMMAND = "there is no `ostraka` command on the path"
_NOT_BUILT = 3  # how bin/ostraka ends when it may not build
_NOT_BUILT_WORDS = "is not built"
_OWN = "ostraka: "  # how the command begins the line that says what is wrong
_TRY_AGAIN_SECONDS, _TRY_AGAIN_LATEST_SECONDS = 60.0, 960.0
_BY_SIGNAL = 128  # a shell's exit codes above this say which signal ended its command

_agents = {}
_agents_lock = threading.Lock()


def of(spool):
    """The agent of a spool; the same object for all runs of this process."""
    with _agents_lock:
        if spool not in _agents:
            _agents[spool] = Agent(spool)
        return _agents[spool]


def forget():
    """In a forked child: an agent that the parent started is not a child of this process."""
    global _agents_lock
    _agents_lock = threading.Lock()
    _agents.clear()


def ask(deadline, *arguments):
    """Runs the command with some arguments and waits for what it prints.

    :param deadline: on the monotonic clock
    :return: what it printed and None; or None and why it did not, in a few words
    """
    import subprocess

    why = _NO_COMMAND
    for command in _commands():
        left = deadline - time.monotonic()
        try:
            done = subprocess.run(
                [*command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                timeout=max(left, 0.001),
                env={**os.environ, "OSTRAKA_NO_BUILD": "1"},
            )
        except subprocess.TimeoutExpired:
            return None, f"`ostraka {arguments[0]}` took too long"
        except OSError as e:
            why = f"{command[0]}: {e.strerror or e}"
            continue
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "replace").strip(), None
        why = f"{command[0]} {_NOT_BUILT_WORDS}" if done.returncode == _NOT_BUILT else _said(command, done.stderr)
    return None, why


def _said(command, errors):
    """What went wrong with a command, in the line in which it said so."""
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    own = [line[len(_OWN) :] for line in lines if line.startswith(_OWN)]
    return own[-1][:300] if own else f"{command[0]} {(lines or ['failed'])[-1][:300]}"


class Agent:
    """Looks after the agent process of one spool. Safe for any number of threads."""

    def __init__(self, spool):
        self.spool = spool
        self._lock = threading.Lock()
        self._process = None
        self._log_begins = 0
        self._candidates = None  # commands not yet tried in vain; None: to be found anew
        self._reason = _NO_COMMAND
        self._why_not = None
        self._patience = _TRY_AGAIN_SECONDS
        self._try_again_at = 0.0

    def look(self):
        """Sees whether the agent is there, and starts it if it is not.

        :return: None if it is there or on its way, else why it cannot be, in a few words
        """
        with self._lock:
            if is_held(os.path.join(self.spool, "agent.lock")):
                self._candidates = self._why_not = None
                self._patience = _TRY_AGAIN_SECONDS
                return None
            if self._process is not None:
                code = self._process.poll()
                if code is None:
                    return None
                self._ended(code)
            if not os.path.isdir(self.spool):
                return f"the spool {self.spool} is gone"
            if self._why_not is not None and time.monotonic() >= self._try_again_at:
                self._candidates = self._why_not = None  # whatever was in its way, a full disk say, may be over
            if self._why_not is None:
                self._start()
            return self._why_not

    def publish_command(self):
        """What a person types to publish what waits in the spool."""
        import shlex

        checkout = _checkout_command()
        program = shlex.quote(checkout) if checkout else "ostraka"
        return f"{program} publish --spool {shlex.quote(self.spool)}"

    def _start(self):
        """Starts the first command that there is; the next look sees what became of it."""
        import subprocess

        if self._candidates is None:
            self._candidates = _commands()
        try:
            log = os.open(self._log_path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError:  # a full disk; the agent has other ways to say what is wrong
            log = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        try:
            self._log_begins = os.fstat(log).st_size
            while self._candidates:
                command = self._candidates[0]
                try:
                    self._process = subprocess.Popen(
                        [*command, "agent", "--spool", self.spool],
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        stderr=log,
                        cwd=self.spool,
                        env={**os.environ, "OSTRAKA_NO_BUILD": "1"},
                        start_new_session=True,
                        close_fds=True,
                    )
                    return
                except OSError as e:
                    self._give_up_first(f"{command[0]}: {e.strerror or e}")
        finally:
            os.close(log)
        self._say_why_not()

    def _ended(self, code):
        """The agent's process has ended: with 0 if nothing was left to do or another one was there."""
        self._process = None
        was_killed = code < 0 or code > _BY_SIGNAL
        if code == 0 or was_killed or self._candidates is None:
            return  # it can run here; start it again
        command = self._candidates[0][0]
        why = _NOT_BUILT_WORDS if code == _NOT_BUILT else f"ended with exit code {code}: {self._last_words()}"
        self._give_up_first(f"{command} {why}")
        if not self._candidates:
            self._say_why_not()

    def _last_words(self):
        """The last line that the agent's process left in the log."""
        try:
            with open(self._log_path(), "rb") as log:
                log.seek(self._log_begins)
                lines = log.read(1 << 16).decode("utf-8", "replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1][:300] if lines else f"it said nothing in {self._log_path()}"

    def _log_path(self):
        return os.path.join(self.spool, "agent.log")

    def _give_up_first(self, why):
        del self._candidates[0]
        self._reason = why

    def _say_why_not(self):
        self._why_not = f"the agent does not run here ({self._reason})"
        self._try_again_at = time.monotonic() + self._patience
        self._patience = min(2 * self._patience, _TRY_AGAIN_LATEST_SECONDS)
        say_once(
            ("agent", self.spool),
            f"The agent does not run here ({self._reason}). The journals wait in {self.spool};"
            f" publish them with `{self.publish_command()}`",
        )


def _commands():
    """The commands that may start an agent, best first."""
    import shlex
    import shutil

    given = os.environ.get("OSTRAKA_COMMAND")
    if given:
        return [shlex.split(given)]
    found = [_checkout_command(), shutil.which("ostraka")]
    return [[command] for command in found if command]


def _checkout_command():
    """The command of the checkout that this package lies in, or None if it lies in none."""
    checkout = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    command = os.path.join(checkout, "bin", "ostraka")
    is_checkout = os.path.isfile(os.path.join(checkout, "pom.xml")) and os.access(command, os.X_OK)
    return command if is_checkout else None
