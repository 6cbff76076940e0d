"""Starts a real S3 server and publishes into it beside a plain loop over the SDK (BucketPublishBench).

    bucket_publish.py CLASSPATH [ROUNDS]
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "e2e"))
import s3


def main():
    rounds = sys.argv[2] if len(sys.argv) > 2 else "5"
    with tempfile.TemporaryDirectory(prefix="ostraka-bench-") as folder:
        server = s3.Server(Path(folder) / "s3")
        server.start()
        try:
            subprocess.run(
                ["java", "-Xmx256m", "-cp", sys.argv[1], "io.ostraka.bench.BucketPublishBench", s3.BUCKET, rounds],
                env={**os.environ, **server.variables()},
                check=True,
            )
        finally:
            server.stop()


main()
