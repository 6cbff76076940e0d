"""Stands in for the agent where only the client is tested: holds the agent's lock, and says of every journal of the
spool that all is published. Ends when a file ``stop`` lies in the spool."""

import fcntl
import os
import struct
import sys
import time

import journal_reader


def main():
    assert sys.argv[1:3] == ["agent", "--spool"] and os.environ["OSTRAKA_NO_BUILD"] == "1"
    spool = sys.argv[3]
    with open(os.path.join(spool, "started"), "a") as file:
        file.write(f"{os.getpid()} {os.getsid(0)}\n")
    descriptor = os.open(os.path.join(spool, "agent.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not os.path.exists(os.path.join(spool, "stop")):
        for writer in journal_reader.writers(spool):
            if not os.path.exists(os.path.join(spool, "stuck")):
                journal = journal_reader.read(spool, writer)
                with open(os.path.join(spool, f"{writer}.ctl"), "r+b", buffering=0) as control:
                    control.seek(1024)
                    control.write(struct.pack("<Q", journal.end))
        time.sleep(0.01)


main()
