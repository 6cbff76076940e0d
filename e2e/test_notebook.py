"""A real notebook's kernel: cells that begin runs, fail, are interrupted; kernels that are restarted and shut down."""

import re
import sys

import pytest
from jupyter_client.manager import KernelManager

from commands import wait_until
import shards

BEGIN = "import ostraka\nrun = ostraka.init('notes', id='r', resume='allow', system=False, git=False)"


class Notebook:
    """A kernel with the environment of a test."""

    def __init__(self, place):
        self.manager = KernelManager(kernel_name="python3")
        self.manager.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self.manager.start_kernel(env=place.variables(), cwd=str(place.folder))
        self.connect()

    def connect(self):
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)

    def start(self, code):
        return self.client.execute(code)

    def result(self, cell):
        """How a cell ended, and all that it printed."""
        printed = []
        while True:
            message = self.client.get_iopub_msg(timeout=120)
            if message["parent_header"].get("msg_id") != cell:
                continue
            content = message["content"]
            if message["msg_type"] == "stream":
                printed.append(content["text"])
            elif message["msg_type"] == "error":
                printed.append(content["ename"])
            elif message["msg_type"] == "status" and content["execution_state"] == "idle":
                return "".join(printed)

    def run(self, code):
        return self.result(self.start(code))

    def printed(self, cell, text):
        """Waits until a cell that still runs has printed a text."""
        while True:
            message = self.client.get_iopub_msg(timeout=120)
            if message["parent_header"].get("msg_id") == cell and text in message["content"].get("text", ""):
                return

    def restart(self):
        self.client.stop_channels()
        self.manager.restart_kernel(now=True)
        self.connect()

    def shut_down(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()


@pytest.fixture
def notebook(place):
    notebook = Notebook(place)
    try:
        yield notebook
    finally:
        notebook.client.stop_channels()
        notebook.manager.shutdown_kernel(now=True)


def cards(place):
    return sorted((card for *_, card in shards.writers(place.root, "notes")), key=lambda card: card["started_at"])


def test_cells_begin_log_fail_and_finish(place, notebook):
    assert notebook.run(BEGIN) == ""
    assert notebook.run("run.log({'a': 1})\nprint('a line of a cell')") == "a line of a cell\n"
    assert "ZeroDivisionError" in notebook.run("1 / 0")
    assert notebook.run("run.log({'a': 2})\nprint(ostraka.init() is run, run.flush())") == "True True\n"
    again = notebook.run("run = ostraka.init('notes', name='again')\nother = ostraka.init('notes', name='other')\nprint(run._finished)")
    assert len(re.findall("is ended, since another one begins", again)) == 2 and again.endswith("True\n")
    notebook.shut_down()
    wait_until(lambda: [card["state"] for card in cards(place)] == ["finished"] * 3, "all three runs to end with the kernel")
    assert cards(place)[0]["rows"]["metrics"] == 2
    lines = shards.query(f"SELECT line FROM {shards.table(shards.live(place.root, 'notes', 'console'))}")
    assert "a line of a cell" in [row["line"] for row in lines]


LOOP = """
print('looping', flush=True)
while True:
    run.log({'a': step}, step=step)
    step += 1
"""


def test_interrupted_cells_lose_nothing(place, notebook):
    notebook.run(BEGIN + "\nstep = 0")
    interrupts = 10
    for _ in range(interrupts):
        cell = notebook.start(LOOP)
        notebook.printed(cell, "looping")
        notebook.manager.interrupt_kernel()
        assert "KeyboardInterrupt" in notebook.result(cell)
    step = int(notebook.run("print(step)"))
    assert notebook.run("print(run.finish())") == "True\n"
    rows = shards.query(
        "SELECT count(*)::BIGINT AS n, count(DISTINCT step)::BIGINT AS steps, max(step) AS last"
        f" FROM {shards.table(shards.live(place.root, 'notes'))}"
    )[0]
    # A call that was interrupted may have been stored, and is then made again.
    assert step <= rows["steps"] == rows["last"] + 1 <= step + 1 and rows["steps"] <= rows["n"] <= rows["steps"] + interrupts
    print(f"\n{step:,} steps in {interrupts} interrupted cells, {rows['n']:,} rows")


def test_a_restarted_kernel_goes_on_with_the_run(place, notebook):
    notebook.run(BEGIN + "\nfor step in range(100): run.log({'a': 1})")
    notebook.restart()
    assert notebook.run("from ostraka import _past\n_past.READ_SECONDS = 60\n" + BEGIN + "\nprint(run.resumed, run.step)") == "True 100\n"
    assert notebook.run("run.log({'a': 2})\nprint(run.finish())") == "True\n"
    wait_until(lambda: [card["state"] for card in cards(place)] == ["failed", "finished"], "the last cards")
    assert "died" in cards(place)[0]["failure"] and cards(place)[1]["supersedes"] == [cards(place)[0]["writer"]]
