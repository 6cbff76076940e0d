"""Memory of the agent, size of a small run, start of the viewer, and the way from ``log()`` to the pixel, each beside its limit.

    python3 bench/python/whole_system.py

Runs the real commands of this checkout and a real Chromium (the one that the browser tests use) on a root and a spool of
their own; takes about a minute and leaves nothing behind. Whatever else runs on the machine is in the figures: the first line
says how busy it was. Linux only: it reads /proc.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "e2e"))

from browser import Browser, Window, alive, end  # noqa: E402

OSTRAKA = REPOSITORY / "bin" / "ostraka"

WRITERS = 10
STARTS = 5
POINTS = 60

# Three metrics 200 times a second for 15 s.
WRITER = """
import ostraka, time
run = ostraka.init("memory")
begun = time.monotonic()
for step in range(3000):
    run.log({"train/loss": 1 / (step + 1), "train/accuracy": step / 3000, "lr": 3e-4})
    time.sleep(max(0, begun + (step + 1) / 200 - time.monotonic()))
run.finish()
"""

SMALL_RUN = """
import ostraka, time
with ostraka.init("small") as run:
    print("a line of output")
    for step in range(100):
        run.log({"train/loss": 1 / (step + 1)})
        time.sleep(0.005)
"""

MILLION = """
import ostraka, math
for number in range(10):
    with ostraka.init("million") as run:
        for step in range(25_000):
            wave = math.sin(step / 1000 + number)
            run.log({"train/loss": wave, "train/accuracy": -wave, "val/loss": wave / 2, "lr": wave * wave})
"""

# Says when each call was begun. Step 0 makes the chart, the others follow when the page is open.
TRAINER = """
import json, ostraka, sys, time
run = ostraka.init("pixel")
run.log({"clock": time.time()})
sys.stdin.readline()
called = {}
for step in range(1, int(sys.argv[1]) + 1):
    time.sleep(0.37)
    called[step] = time.time()
    run.log({"clock": called[step]})
print(json.dumps(called))
run.finish()
"""

# Keeps when a frame was about to be shown whose charts go up to a step. A chart says in data-last how far it is drawn.
WATCH = """
window.frames_seen = []
new MutationObserver(() => {
  const drawn = [...document.querySelectorAll('[data-last]')].map((chart) => Number(chart.dataset.last))
  requestAnimationFrame(() => window.frames_seen.push([Math.max(...drawn), Date.now() / 1000]))
}).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-last'] })
"""

class Page(Window):
    """A window whose charts are watched."""

    def __init__(self, browser):
        super().__init__(browser)
        self.ask("Page.addScriptToEvaluateOnNewDocument", source=WATCH)

    def frames(self):
        """What was shown since the page was opened: (step that the charts go up to, time), oldest first."""
        return self.value("window.frames_seen ?? []")

    def frame_of(self, step):
        """The time of the first frame whose charts go up to a step."""
        return wait_until(lambda: first_with(step, self.frames()), f"step {step} on the page")


def first_with(step, frames):
    """The time of the first frame that holds a step, None if none does."""
    return next((shown for last, shown in frames if last >= step), None)


class Place:
    """A folder with a root and a spool, and what was started with them."""

    def __init__(self, folder):
        self.folder = folder
        self.root = folder / "runs"
        self.spool = folder / "spool"
        self._started = []
        self._variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OSTRAKA_") or name == "OSTRAKA_JAVA"},
            "OSTRAKA_ROOT": str(self.root),
            "OSTRAKA_SPOOL": str(self.spool),
            "PYTHONPATH": str(REPOSITORY / "python"),
        }

    def start(self, *command, **pipes):
        words = [str(word) for word in command]
        process = subprocess.Popen(words, env=self._variables, cwd=REPOSITORY, text=True, start_new_session=True, **pipes)
        self._started.append(process)
        return process

    def python(self, code, *arguments, **pipes):
        return self.start(sys.executable, "-c", code, *arguments, **pipes)

    def agent(self):
        """An agent on an empty spool."""
        self.spool.mkdir(mode=0o700)
        return self.start(OSTRAKA, "agent", "--spool", self.spool)

    def view(self):
        """A viewer, as (process, address, seconds from its start to its first answer)."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        begun = time.monotonic()
        process = self.start(OSTRAKA, "view", self.root, "--no-browser", "--port", port, stdout=subprocess.DEVNULL)
        wait_until(lambda: alive(process) and answers(port), "the viewer", pause=0.002)
        return process, f"http://127.0.0.1:{port}", time.monotonic() - begun

    def close(self):
        for process in self._started:
            end(process)


def answers(port):
    """Whether a viewer answers at this port."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/server", timeout=10) as answer:
            return answer.status == 200
    except urllib.error.URLError:
        return False


def finished(process, seconds):
    """Waits for a program that has to end well."""
    if process.wait(seconds) != 0:
        alive(process)


def wait_until(condition, what, seconds=30, pause=0.02):
    """Returns the first answer of ``condition`` that is neither None nor false."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer is not None and answer is not False:
            return answer
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {seconds} s for {what}")
        time.sleep(pause)


def memory(process):
    """Resident memory of a process, and the part of it that is no file's, in MB of 2^20 bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return [int(re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1024 for name in ("VmRSS", "RssAnon")]


def at(values, share):
    """The value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def line(what, figure, limit, unit, digits, beside=""):
    """Prints a figure beside its limit."""
    verdict = "" if figure <= limit else "  MISSED"
    print(f"{what:<46} {figure:>8.{digits}f} {unit:<5}  at most {limit:g}{verdict}{'   ' + beside if beside else ''}", flush=True)


def measure_agent(place):
    agent = place.agent()
    time.sleep(5)
    resident, anonymous = memory(agent)
    line("agent, nothing to do: resident", resident, 100, "MB", 1, f"without files {anonymous:.1f}")
    writers = [place.python(WRITER) for _ in range(WRITERS)]
    seen = []
    while any(writer.poll() is None for writer in writers):
        seen.append(memory(agent))
        time.sleep(0.1)
    for writer in writers:
        finished(writer, 0)
    resident, anonymous = (max(part) for part in zip(*seen))
    beside = f"without files {anonymous:.1f}; when they had ended {memory(agent)[0]:.1f}"
    line(f"agent, {WRITERS} writers: resident, greatest", resident, 256, "MB", 1, beside)


def measure_small_run(place):
    finished(place.python(SMALL_RUN, stdout=subprocess.DEVNULL), 30)
    files = [file for file in place.root.glob("project=small/run=*/**/*") if file.is_file()]
    line("run of 100 points within a second: size", sum(file.stat().st_size for file in files) / 1024, 16, "KB", 1)
    line("run of 100 points within a second: files", len(files), 6, "", 0)


def measure_start(place, browser):
    finished(place.python(MILLION, stdout=subprocess.DEVNULL), 60)
    up, usable = [], []
    for _ in range(STARTS):
        page = Page(browser)
        time.sleep(1)  # Until the browser has made its window: that is no part of what is timed.
        viewer, address, seconds = place.view()
        answered = time.time()
        page.open(f"{address}/?project=million")
        usable.append(page.frame_of(0) - answered)
        up.append(seconds)
        page.close()
        end(viewer)
    spread = f"median of {STARTS}, least {{:.2f}}, greatest {{:.2f}}"
    line("view, 1 M points: process up", at(up, 0.5), 0.7, "s", 2, spread.format(min(up), max(up)))
    line("view, 1 M points: page usable after that", at(usable, 0.5), 1, "s", 2, spread.format(min(usable), max(usable)))


def measure_pixel(place, browser):
    trainer = place.python(TRAINER, POINTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    _, address, _ = place.view()
    wait_until(lambda: next(place.root.glob("project=pixel/run=*/writer=*/metrics/*.parquet"), None), "the first point")
    page = Page(browser)
    page.open(f"{address}/?project=pixel")
    page.frame_of(0)
    said, _ = trainer.communicate("begin\n", timeout=60)
    called = {int(step): time for step, time in json.loads(said).items()}
    page.frame_of(POINTS)
    frames = page.frames()
    taken = [first_with(step, frames) - begun for step, begun in called.items()]
    page.close()
    beside = f"of {len(taken)}, median {at(taken, 0.5):.2f}, greatest {max(taken):.2f}"
    line("log() to the pixel: 95 %", at(taken, 0.95), 2, "s", 2, beside)


def main():
    """Prints a line for each figure."""
    subprocess.run([OSTRAKA, "version"], check=True, stdout=subprocess.DEVNULL)  # builds what is not built
    print(f"{os.cpu_count()} cores, load of the last minute {os.getloadavg()[0]:.1f}")
    folder = Path(tempfile.mkdtemp(prefix="ostraka-bench-", dir=os.environ.get("OSTRAKA_BENCH_FOLDER", "/var/tmp")))
    place = Place(folder)
    try:
        measure_agent(place)
        measure_small_run(place)
        browser = Browser(folder / "browser")
        try:
            measure_start(place, browser)
            measure_pixel(place, browser)
        finally:
            browser.close()
    finally:
        place.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
