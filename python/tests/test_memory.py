"""The client's memory while nobody takes anything out of the journal, measured in a process of its own."""

import os
import subprocess
import sys
import textwrap

import pytest

SCRIPT = """
import sys, ostraka

def private_kib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))

run = ostraka.init(when_full="drop", system=False, git=False)
def calls(count):
    {body}
calls(20_000)
before = private_kib()
calls(200_000)
print(private_kib() - before, run.dropped)
"""

BODIES = {
    "numbers": "for i in range(count): run.log({'a': i, 'b': i / 2, 'c': i / 3}, step=i)",
    "texts": "for i in range(count // 20): run.log({'t': 'x' * 500}, step=i)",
    "changes of the card": "for i in range(count // 50): run.summary['best'] = i; run.config['c'] = i",
    "other names at each call": "for i in range(count // 10): run.log({f'{count}/{i}': i, 'b': i}, step=i)",
    "bad values": "for i in range(count // 10): run.log({f'{count}/{i}': object()}, step=i / 3)",
    "prints": "for i in range(count // 10): print('x' * 80)",
}


@pytest.mark.parametrize("what", BODIES)
def test_memory_is_bounded_while_the_spool_is_full(what):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT).format(body=BODIES[what])],
        env={**os.environ, "OSTRAKA_SPOOL_LIMIT": "2M"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    grown, dropped = map(int, done.stdout.splitlines()[-1].split())
    print(f"{what}: {grown} KiB more, {dropped} points dropped; {done.stderr.count(chr(10))} lines said")
    assert grown < 4096
    assert done.stderr.count("\n") < 1100
