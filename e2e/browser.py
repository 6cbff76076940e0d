"""A real Chromium without a window, the one that the browser tests use."""

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1440,900",
)

# Becomes Chromium with the two pipes where it looks for them, at 3 and 4. These may be taken, even by the pipes.
AS_3_AND_4 = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD_CLOEXEC, 10) for end in sys.argv[1:3]]
for place, end in zip((3, 4), ends):
    os.dup2(end, place)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """A headless Chromium, spoken to in the DevTools protocol over a pair of pipes."""

    def __init__(self, folder):
        found = subprocess.run([REPOSITORY / "e2e" / "chromium.sh"], check=True, stdout=subprocess.PIPE, text=True)
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        command = [found.stdout.strip(), *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={folder}"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", AS_3_AND_4, str(their_in), str(their_out), *command],
            pass_fds=(their_in, their_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(their_in)
        os.close(their_out)
        self._asked = 0
        self._unread = b""
        self.ask("Browser.getVersion")

    def ask(self, method, session=None, **parameters):
        """Sends a command and returns its result; events that come meanwhile are passed over."""
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        alive(self._process)
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._asked:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _next(self):
        while b"\0" not in self._unread:
            read = os.read(self._in, 1 << 16)
            if not read:
                raise RuntimeError("the browser ended")
            self._unread += read
        message, self._unread = self._unread.split(b"\0", 1)
        return json.loads(message)

    def close(self):
        os.close(self._out)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        end(self._process)
        os.close(self._in)


class Window:
    """A window with a cache of its own."""

    def __init__(self, browser):
        self._browser = browser
        self._context = browser.ask("Target.createBrowserContext")["browserContextId"]
        target = browser.ask("Target.createTarget", url="about:blank", browserContextId=self._context)["targetId"]
        self._session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")

    def ask(self, method, **parameters):
        return self._browser.ask(method, self._session, **parameters)

    def open(self, address):
        self.ask("Page.navigate", url=address)

    def value(self, expression):
        """What a JavaScript expression is on the page, as JSON."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']['text']}")
        return answer["result"].get("value")

    def picture(self, file):
        """Keeps a picture of the window for a person to look at."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))

    def close(self):
        self._browser.ask("Target.disposeBrowserContext", browserContextId=self._context)


def alive(process):
    """True; raises if the process has ended."""
    if process.poll() is not None:
        raise RuntimeError(f"{process.args[0]} (process {process.pid}) ended with {process.returncode}")
    return True


def end(process):
    """Kills a process and what it started, if it has not ended."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
