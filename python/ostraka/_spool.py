"""The spool: the private folder on a local disk in which journals wait to be published."""

import os
import stat
import time

from ._warn import say_once

GIB = 1 << 30
_LIMIT_BYTES = 8 * GIB
_MEASURE_SECONDS = 1.0
_SMALLEST_SEGMENT_BYTES = (1 << 20) - (16 << 10)  # a megabyte with what is kept free in it

_NETWORK = frozenset(
    "nfs nfs4 cifs smb3 smbfs ncpfs afs ceph lustre gpfs beegfs beegfs_nodev glusterfs pvfs2 orangefs"
    " panfs 9p virtiofs fuse.sshfs fuse.glusterfs fuse.ceph fuse.s3fs fuse.rclone fuse.gcsfuse fuse.juicefs".split()
)
_COPY_ON_WRITE = frozenset(("btrfs", "zfs", "bcachefs"))


class SpoolFull(OSError):
    """The spool is at its limit; the message says where it is and how large."""


class Spool:
    """A usable spool. Safe for any number of threads."""

    def __init__(self, path, limit=None):
        self.path = path
        self.id = _identity(path)
        self._measured = self._measure()
        self._measured_at = time.monotonic()
        # A quarter of what was free before the journals came, so that later runs come to the same.
        disk = os.statvfs(path)
        free = disk.f_bavail * disk.f_frsize
        self.limit = limit if limit is not None else min(_LIMIT_BYTES, (free + self._measured) // 4)
        # What is published is deleted by whole segments: in a small spool they must not be the half of it.
        self.segment_budget = max(self.limit // 8, _SMALLEST_SEGMENT_BYTES)

    def reserve(self, size):
        """Called before so many bytes are allocated.

        :raises SpoolFull: if they would go beyond the limit
        """
        now = time.monotonic()
        if now - self._measured_at > _MEASURE_SECONDS or self._measured + size > self.limit:
            self._measured = self._measure()
            self._measured_at = now
        if self._measured + size > self.limit:
            raise SpoolFull(
                f"The spool {self.path} is at its limit of {_size(self.limit)} (OSTRAKA_SPOOL_LIMIT)"
            )
        self._measured += size
        if self._measured > self.limit // 2:
            say_once(
                ("half", self.path),
                f"The spool {self.path} is half full ({_size(self._measured)} of {_size(self.limit)}):"
                " its journals wait to be published; `ostraka publish` does so in the foreground",
            )

    def reserve_first(self, size):
        """As :meth:`reserve` for a journal's first bytes, which may go beyond the limit."""
        self._measured += size

    def _measure(self):
        used = 0
        try:
            with os.scandir(self.path) as entries:
                for entry in entries:
                    try:
                        used += entry.stat(follow_symlinks=False).st_blocks * 512
                    except FileNotFoundError:
                        pass  # the drainer has published and deleted it
        except OSError:
            pass  # measured again at the next allocation, which reports what is wrong
        return used


def choose(explicit, limit=None):
    """The spool to use: the explicit one, else the first usable of the usual places.

    :param explicit: a folder by argument or variable, or None
    :param limit: bytes, or None for the default
    :raises OSError: if the explicit one, or none of the usual ones, can be used; one line says why
    """
    if explicit is not None:
        path = os.path.abspath(explicit)
        try:
            kind = _prepare(path)
            if kind in _NETWORK:
                raise OSError(f"it lies on a network file system ({kind}), where memory mapping loses points")
            return _open(path, kind, limit)
        except OSError as e:
            raise type(e)(
                f"Cannot use the spool {path}: {e.strerror or e}; choose a folder on a local disk by"
                " spool= or OSTRAKA_SPOOL"
            ) from None
    refused = []
    for path in _usual_places():
        try:
            kind = _prepare(path)
            if kind not in _NETWORK:
                return _open(path, kind, limit)
            refused.append(f"{path} lies on {kind}")
        except OSError as e:
            refused.append(f"{path}: {e.strerror or e}")
    raise OSError(
        f"No folder for the spool ({'; '.join(refused)}); name one on a local disk by spool= or OSTRAKA_SPOOL"
    )


def _usual_places():
    cache = os.environ.get("XDG_CACHE_HOME")
    if cache and os.path.isabs(cache):
        yield os.path.join(cache, "ostraka")
    home = os.path.expanduser("~")
    if os.path.isabs(home) and os.path.isdir(home):
        yield os.path.join(home, ".cache", "ostraka")
    for folder in ("/var/tmp", "/tmp"):
        yield f"{folder}/ostraka-{os.getuid()}"


def _prepare(path):
    """Makes the folder private and returns the type of its file system, empty if unknown."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        pass
    found = os.lstat(path)
    if stat.S_ISLNK(found.st_mode) and found.st_uid in (0, os.getuid()):
        found = os.stat(path)
    if not stat.S_ISDIR(found.st_mode):
        raise OSError("it is not a folder")
    if found.st_uid != os.getuid():
        raise OSError(f"it belongs to another user (uid {found.st_uid})")
    if stat.S_IMODE(found.st_mode) != 0o700:
        os.chmod(path, 0o700)
    return _file_system(os.path.realpath(path))


def _open(path, kind, limit):
    if kind in _COPY_ON_WRITE:
        say_once(
            ("copy-on-write", path),
            f"The spool {path} lies on {kind}, which copies on write: a full disk may end the process instead of"
            " being reported. Another folder can be named by OSTRAKA_SPOOL",
        )
    if kind == "overlay":
        say_once(
            ("container", path),
            f"The spool {path} lies in a container's own layer: what is not published when the container is"
            " removed is lost. A mounted folder can be named by OSTRAKA_SPOOL",
        )
    return Spool(path, limit)


def _file_system(path):
    """The type of the file system that a folder lies on, by Linux's table of mounts; elsewhere empty."""
    best, kind = "", ""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:
            for line in mounts:
                left, _, right = line.partition(" - ")
                mount = left.split(" ")[4].replace("\\040", " ")
                below = mount if mount.endswith("/") else mount + "/"
                if (path + "/").startswith(below) and len(mount) >= len(best):
                    best, kind = mount, right.split(" ")[0]
    except OSError:
        pass
    return kind


def _identity(path):
    """The spool's random id, made by whoever comes first."""
    import json

    inode = os.stat(path).st_ino
    file = os.path.join(path, "id")
    if not os.path.exists(file):
        text = json.dumps({"format": 1, "id": os.urandom(16).hex(), "inode": inode}, separators=(",", ":"))
        hidden = os.path.join(path, f".id-{os.urandom(8).hex()}")
        descriptor = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, text.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.link(hidden, file)
        except FileExistsError:
            pass
        finally:
            os.unlink(hidden)
    try:
        with open(file, encoding="utf-8") as opened:
            found = json.load(opened)
        if found["inode"] == inode:
            return str(found["id"])
    except (ValueError, KeyError, TypeError):
        raise OSError(f"its file {file} is damaged; publish what waits there and remove it") from None
    raise OSError(
        "it is a copy of another spool (its inode is not the one in its file `id`); publish it with"
        " `ostraka publish --take-over`, then remove that file"
    )


def parse_limit(text):
    """A number of bytes, with K, M, G or T for powers of 1,024.

    :raises ValueError: with one line, if it is none
    """
    units = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
    shape = text.strip().upper().removesuffix("B").removesuffix("I")
    try:
        unit = units.get(shape[-1:], 1)
        size = float(shape[:-1] if unit > 1 else shape) * unit
        if size > 0:
            return int(size)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"OSTRAKA_SPOOL_LIMIT is {text!r}; expected a number of bytes such as 8G")


def _size(size):
    for unit, name in ((GIB, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"
