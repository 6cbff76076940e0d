"""What lies beside a journal for its drainer to see: the control words and the lock that says "alive"."""

import fcntl
import mmap
import os

from ._segment import allocate

_MAGIC = b"OSTRCTL\x01"
_BYTES = 4096

# Which 8-byte word of the file.
_FLUSH_WANTED, _BEAT, _CLOSING, _DROPPED, _PUBLISHED, _DRAINER_BEAT = 8, 16, 24, 32, 128, 136
_LAST_ERROR = 2048
_LAST_ERROR_LIMIT = 2044


class Control:
    """The control words of one journal, ``<writer>.ctl``."""

    def __init__(self, path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(descriptor, _BYTES)
            allocate(descriptor, 0, _BYTES)
            self._memory = memoryview(mmap.mmap(descriptor, _BYTES))
        finally:
            os.close(descriptor)
        self._words = self._memory.cast("Q")
        self._memory[:8] = _MAGIC

    def want_flush(self, position):
        """Asks the drainer to publish everything before a position."""
        self._words[_FLUSH_WANTED] = max(position, self._words[_FLUSH_WANTED])

    def beat(self):
        """Says that this process still runs."""
        self._words[_BEAT] += 1

    def closing(self):
        """Says that the close record is written."""
        self._words[_CLOSING] = 1

    def drop(self, points):
        """Counts points that were not accepted; called under the journal's lock."""
        self._words[_DROPPED] += points

    @property
    def dropped(self):
        return self._words[_DROPPED]

    @property
    def published(self):
        """The position up to which everything is in the store."""
        return self._words[_PUBLISHED]

    @property
    def drainer_beat(self):
        """Moves every second while a drainer looks after this journal."""
        return self._words[_DRAINER_BEAT]

    @property
    def last_error(self):
        """What the drainer has to say to a person; empty if nothing."""
        start = _LAST_ERROR + 4
        length = int.from_bytes(self._memory[_LAST_ERROR:start], "little")
        return bytes(self._memory[start : start + min(length, _LAST_ERROR_LIMIT)]).decode("utf-8", "replace")


def hold_alive(path):
    """Makes the file whose lock says that the writer lives, and returns the descriptor that holds it.

    The file is locked before it has its name: a drainer that saw it without the lock would take the
    writer for dead. The lock falls when any descriptor of that file is closed in this process, so nothing
    here opens the file a second time.
    """
    folder, name = os.path.split(path)
    unnamed = os.path.join(folder, "." + name)
    descriptor = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(unnamed, path)
    except BaseException:
        os.close(descriptor)
        os.unlink(unnamed)
        raise
    return descriptor


def is_held(path):
    """Whether some other process holds the lock on a file; false if there is no such file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except OSError:
        return True
    finally:
        os.close(descriptor)
