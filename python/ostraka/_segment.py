"""One mapped file of a journal and the compiled functions that append to it.

This is the path that every ``log`` takes, so it is written for speed and explained at length.
"""

import mmap
import os
import struct
import sys
from zlib import crc32

SEGMENT_BYTES = 64 << 20
MAGIC = b"OSTRAKA JOURNAL\x01"
STEP_LIMIT = 1 << 53
NO_STEP_YET = -1

LENGTH_WORD = 0xA5000000
VALUES = 3
METRICS = 1

_ALLOCATION_BYTES = 1 << 20

# Kept free behind what appends may take, so that the record which ends a segment or a journal always
# fits, also on a full disk.
RESERVE_BYTES = 2048

# Pages are made writable this far ahead of the records: the first touch of a page costs 1.3 µs and
# sometimes far more; one call for 64 pages costs less than 64 touches.
_POPULATE_BYTES = 256 << 10
_MADV_POPULATE_WRITE = 23

# Larger key sets share one compiled form that takes the values in the dictionary's order.
_UNROLLED_NAMES = 32

# A program that logs other names at each call must not fill the memory.
_PACKERS_KEPT = 1_000


def _switches_only_at_calls():
    """Whether this interpreter changes threads and runs signal handlers only at calls and backward
    jumps: CPython 3.11 to 3.13 with its global lock. Version 3.10 does so at any jump (``test_kill.py``
    fails there), later ones are not tried; they take a lock around each append, as anything else does."""
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    return sys.implementation.name == "cpython" and (3, 11) <= sys.version_info < (3, 14) and gil


LOCK_FREE = _switches_only_at_calls()

# The critical section stands between reading `offset` and storing the length word. There is no call
# and no backward jump in it, so no other thread of this process and no signal handler runs in between
# (elsewhere a lock stands around it). The offset moves first: should anything get in all the
# same, a tracer say, it writes behind this record and not over it. The length word is stored last: a process
# killed on the way leaves no record. Who wants a segment to take nothing more sets its `limit` to 0; from
# then on `offset`, `counts` and `top` stay as they are.
_APPEND_VALUES = """
def make(segment, counts, pack, crc32, clock, lock, kind, seed, length_word, {parameters}):
    memory = segment.memory
    words = segment.words

    def append(data, step):
        if step is None:
            step = segment.top + 1
        if type(step) is not int or not -1 < step < {step_limit}:
            return False
        try:
            body = pack(kind, step, clock(), {values})
        except Exception:
            return False
        crc = crc32(body, seed)
        {guard}
            start = segment.offset
            end = start + {size}
            if end > segment.limit:
                return False
            segment.offset = end
            counts[{stream}] += {count}
            if step > segment.top:
                segment.top = step
            memory[start + 8 : end] = body
            start >>= 2
            words[start + 1] = crc
            words[start] = length_word
        return True

    return append
"""

_APPEND_BYTES = """
def make(segment, counts, lock):
    memory = segment.memory
    words = segment.words

    def append(record, stream, rows, step):
        length_word = record.length_word
        rest = record.rest
        size = record.size
        {guard}
            start = segment.offset
            end = start + size
            if end > segment.limit:
                return False
            segment.offset = end
            counts[stream] += rows
            if step > segment.top:
                segment.top = step
            memory[start + 4 : end] = rest
            words[start >> 2] = length_word
        return True

    return append
"""
_GUARD = "if True:" if LOCK_FREE else "with lock:"
_makers = {}


def _maker(template, count=0):
    """The compiled maker of append functions of one template and number of names; made once a process."""
    maker = _makers.get((template, count))
    if maker is None:
        unrolled = count <= _UNROLLED_NAMES
        source = template.format(
            parameters=", ".join(f"k{i}" for i in range(count)) if unrolled else "*names",
            values=", ".join(f"data[k{i}]" for i in range(count)) if unrolled else "*data.values()",
            guard=_GUARD,
            size=32 + 8 * count,
            count=count,
            stream=METRICS,
            step_limit=STEP_LIMIT,
        )
        scope = {}
        exec(compile(source, "<ostraka append>", "exec"), scope)
        maker = _makers[(template, count)] = scope["make"]
    return maker


class Record:
    """A record as it lies in a segment: the length word, and everything behind it."""

    __slots__ = ("length_word", "rest", "size")

    def __init__(self, body):
        self.length_word = LENGTH_WORD + len(body)
        crc = crc32(body, crc32(struct.pack("<I", self.length_word)))
        padding = bytes(-len(body) % 8)
        self.rest = struct.pack("<I", crc) + body + padding
        self.size = 4 + len(self.rest)


class Segment:
    """One mapped file.

    :param size: how long the file is
    :param budget: how many bytes of it to use, more or less
    :param counts: rows of each stream so far, by the stream's number, and at 0 key sets; shared by a writer's segments
    :param lock: the journal's, for interpreters that need one around each append
    :param reserve: called with a number of bytes before they are allocated; raises OSError if the
        spool has no room for them
    """

    __slots__ = (
        "number", "size", "offset", "limit", "top", "packers", "key_sets", "key_sets_before", "append", "memory", "words",
        "_budget", "_map", "_descriptor", "_allocated", "_populated", "_counts", "_lock", "_clock",
    )  # fmt: skip

    def __init__(self, path, number, size, budget, counts, top, lock, clock, reserve):
        self.number = number
        self.size = size
        self._budget = budget
        self.top = top
        self.offset = len(MAGIC)
        self.limit = self._allocated = self._populated = 0
        self.packers = {}
        self.key_sets = {}
        self.key_sets_before = counts[0]
        self._counts = counts
        self._lock = lock
        self._clock = clock
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(self._descriptor, size)
            self._map = mmap.mmap(self._descriptor, size)
            self.memory = memoryview(self._map)
            self.words = self.memory.cast("I")
            self.extend(1, reserve)
        except BaseException:
            os.close(self._descriptor)
            os.unlink(path)
            raise
        self.memory[: len(MAGIC)] = MAGIC
        self.append = _maker(_APPEND_BYTES)(self, counts, lock)

    def fits(self, size):
        """Whether a record of so many bytes more belongs into this file."""
        return self.offset < self._budget and self.offset + size + RESERVE_BYTES <= self.size

    def extend(self, size, reserve):
        """Makes room for a record of so many bytes, and for more ahead.

        :raises OSError: if there is no space; nothing has changed then
        """
        end = min(self.offset + size + RESERVE_BYTES, self.size)
        if end > self._allocated:
            length = -(-(end - self._allocated) // _ALLOCATION_BYTES) * _ALLOCATION_BYTES
            length = min(length, self.size - self._allocated)
            reserve(length)
            allocate(self._descriptor, self._allocated, length)
            self._allocated += length
        if end > self._populated:
            ahead = min(max(end, self._populated + _POPULATE_BYTES), self._allocated)
            self._populate(ahead)
        self.limit = max(end, self._populated) - RESERVE_BYTES

    def _populate(self, end):
        page = mmap.PAGESIZE
        start, self._populated = self._populated, end
        start -= start % page
        try:
            self._map.madvise(_MADV_POPULATE_WRITE, start, end - start)
        except (OSError, AttributeError, ValueError):
            pass  # an older kernel, or not Linux: each page is touched when it is first written

    def compile(self, names):
        """Makes the fast append of a key set that is declared in this segment already, if there are not too many."""
        if len(self.packers) >= _PACKERS_KEPT:
            return
        count = len(names)
        length_word = LENGTH_WORD + 24 + 8 * count
        kind = VALUES | METRICS << 8 | self.key_sets[names] << 32
        self.packers[names] = _maker(_APPEND_VALUES, count)(
            self, self._counts, struct.Struct(f"<Qqq{count}d").pack, crc32, self._clock, self._lock,
            kind, crc32(struct.pack("<I", length_word)), length_word, *names,
        )  # fmt: skip

    def append_last(self, record):
        """Appends behind the limit, into the reserve, to a segment that takes nothing else any more."""
        start = self.offset
        self.offset = start + record.size
        self.memory[start + 4 : self.offset] = record.rest
        self.words[start >> 2] = record.length_word

    def close(self):
        """Gives the mapping back, which takes milliseconds for a full one."""
        os.close(self._descriptor)
        self.packers = {}
        self.words.release()
        self.memory.release()
        self._map.close()


def allocate(descriptor, start, length):
    """Has the file system set space aside, so that a full disk is an error here and no signal later."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, start, length)
        return
    end = start + length
    while start < end:  # macOS: writing zeros does the same
        start += os.pwrite(descriptor, bytes(end - start), start)
