"""A real S3 server on this machine: SeaweedFS, as `e2e/s3-servers.sh` installs it."""

import json
import os
import random
import signal
import socket
import subprocess

from commands import REPOSITORY, wait_until

BUCKET = "runs"
_KEYS = {"accessKey": "ostraka", "secretKey": "ostraka-secret"}
# The variables of somebody who may read and not write.
READER = {"AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "reads"}
_ROLES = ("s3", "master", "volume", "filer", "admin")


class Server:
    """A server that can be stopped and started again with what it holds, on the same port."""

    def __init__(self, folder):
        self._folder = folder
        self._programs = subprocess.run(
            [REPOSITORY / "e2e" / "s3-servers.sh"], check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()
        (folder / "data").mkdir(parents=True)
        identity = {"name": "ostraka", "credentials": [_KEYS], "actions": ["Admin"]}
        keys = {"accessKey": READER["AWS_ACCESS_KEY_ID"], "secretKey": READER["AWS_SECRET_ACCESS_KEY"]}
        reader = {"name": "reader", "credentials": [keys], "actions": [f"Read:{BUCKET}", f"List:{BUCKET}"]}
        (folder / "s3.json").write_text(json.dumps({"identities": [identity, reader]}))
        self._ports = _free_ports(2 * len(_ROLES))
        self.endpoint = f"http://127.0.0.1:{self._ports[0]}"
        self._process = None

    def start(self):
        options = [
            f"-dir={self._folder / 'data'}", f"-s3.config={self._folder / 's3.json'}", f"-bucket={BUCKET}",
            "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-webdav=false", "-admin.ui=false", "-master.telemetry=false",
            "-s3.port.iceberg=0", "-s3.port.lance=0",
        ]  # fmt: skip
        for i, role in enumerate(_ROLES):
            options += [f"-{role}.port={self._ports[2 * i]}", f"-{role}.port.grpc={self._ports[2 * i + 1]}"]
        with open(self._folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                [f"{self._programs}/weed", "mini", *options],
                cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        wait_until(self._takes_objects, "the S3 server to take objects", 90)

    def _takes_objects(self):
        assert self._process.poll() is None, (self._folder / "log").read_text()[-2000:]
        probe = self._folder / "probe"
        probe.write_text("x")
        return self.rclone("copyto", probe, f"{self.remote}/probe", check=False).returncode == 0

    def stop(self):
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def variables(self):
        """What processes need to reach it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": _KEYS["accessKey"],
            "AWS_SECRET_ACCESS_KEY": _KEYS["secretKey"],
        }

    @property
    def remote(self):
        """The bucket as rclone knows it."""
        keys = f"access_key_id={_KEYS['accessKey']},secret_access_key={_KEYS['secretKey']}"
        return f":s3,provider=SeaweedFS,{keys},endpoint='{self.endpoint}':{BUCKET}"

    def rclone(self, *arguments, check=True):
        return subprocess.run(
            [f"{self._programs}/rclone", "--config", "/dev/null", "--retries", "1", "--low-level-retries", "1", *arguments],
            check=check, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
        )  # fmt: skip

    def fetch(self, prefix, folder):
        """Copies what lies below a prefix to a folder, by a program that is none of ours."""
        self.rclone("copy", f"{self.remote}/{prefix}", folder)


def _free_ports(count):
    """Ports that no connection takes by itself while a server is stopped: those below where systems choose them from."""
    found = []
    while len(found) < count:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found
