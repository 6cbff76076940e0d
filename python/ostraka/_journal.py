"""The writer's half of ``docs/journal.md``: what one writer appends, in which form, and what happens
when there is no room.

What :meth:`Journal.values` and its siblings accepted lies in a shared mapping of a file, so it outlives
this process however that ends. Any number of threads may call them.
"""

import os
import struct
import threading
import time
from zlib import crc32

from . import _json
from ._control import Control, hold_alive
from ._segment import METRICS, NO_STEP_YET, SEGMENT_BYTES, VALUES, Record, Segment
from ._spool import SpoolFull
from ._warn import say_once

TEXTS, CONSOLE, SYSTEM = 2, 3, 4
STREAM_NAMES = {METRICS: "metrics", TEXTS: "texts", CONSOLE: "console", SYSTEM: "system"}

_HEADER, _KEY_SET, _ROW, _CARD, _CLOSE, _NEXT = 1, 2, 4, 5, 6, 7
_FLAG_NO_STEP, _FLAG_JSON_IN_BODY = 1, 2

_INLINE_BYTES = 65_536
_HEADER_JSON_BYTES = 262_144
_KEY_SET_NAMES = 4096
_KEY_SETS_KEPT = 10_000  # a program that logs other names at each call must not fill the memory
_KEY_SETS = 0  # where the append function counts key sets: no stream has this number
_FAILURE_CHARACTERS = 200  # fits the reserve of a segment whatever the characters are
_LOOK_FOR_ROOM_SECONDS = 0.05


class _NoRoom(OSError):
    """There is no room for a body; the person has been told."""


class Journal:
    """All that one writer appends.

    :param spool: the ``_spool.Spool`` that the files go to
    :param header: the fields of ``docs/journal.md`` §3.1 that are the same in each segment
    :param card: the writer's card so far; the journal keeps it up to date
    :param wait_seconds: how long an append waits, once, when there is no room; 0 drops at once
    :param segment_bytes: for tests, which want many segments
    :param clock: nanoseconds of a monotonic clock; golden files want a fixed one
    :param top: the greatest step of what the writer continues
    """

    def __init__(
        self,
        spool,
        header,
        card,
        wait_seconds=10.0,
        segment_bytes=SEGMENT_BYTES,
        clock=time.monotonic_ns,
        top=NO_STEP_YET,
    ):
        self.writer = header["writer"]
        self.card_so_far = card
        self.counts = [0, 0, 0, 0, 0]
        self.closed = False
        self._spool = spool
        self._header = header
        self._wait_seconds = wait_seconds
        self._segment_bytes = segment_bytes
        self._clock = clock
        self._lock = threading.RLock()
        self._busy = False
        self._gave_up = False
        self._retry_at = 0.0
        self._bodies = 0
        self._retired = []
        self._lengths = {}
        self._unsaid = {}
        self._alive = hold_alive(self._path("alive"))
        try:
            self.control = Control(self._path("ctl"))
            self.segment = self._make_segment(0, top)
        except BaseException:
            self._abandon()
            raise

    # What is appended ---------------------------------------------------------------------------

    def values(self, stream, names, values, step):
        """Appends one value for each name; more than 4,096 names take several records.

        :param step: within ±2^53, or None for none (the stream ``system`` only)
        :return: whether all were accepted; others are counted as dropped
        """
        accepted = True
        for first in range(0, len(names), _KEY_SET_NAMES):
            last = first + _KEY_SET_NAMES
            accepted &= self._append_values(stream, tuple(names[first:last]), values[first:last], step)
        return accepted

    def row(self, stream, columns, step):
        """Appends one row of a stream whose columns are texts.

        :param step: within ±2^53, or None for none (the stream ``console`` only)
        :return: whether it was accepted; if not it is counted as dropped
        """
        head = struct.pack("<BBBxIqq", _ROW, stream, step is None, 0, step or 0, self._clock())
        bodies = []
        try:
            record = Record(head + b"".join([self._text(column, bodies) for column in columns]))
            if self._append(record, stream, 1, step):
                return True
        except _NoRoom:
            pass
        _remove(bodies)
        return self._drop(1)

    def card(self, change):
        """Appends a change of the card: a key replaces that key, None removes it; ``config`` and
        ``summary`` are merged key by key."""
        with self._lock:
            _merge_changes(self._unsaid, change)
            self.say_unsaid()
            merge(self.card_so_far, change)

    def say_unsaid(self):
        """Appends the changes of the card that found no room when they were made, all in one.

        :return: whether none is left
        """
        with self._lock:
            if self._unsaid and not self._busy and not self.closed:
                changes, self._unsaid = self._unsaid, {}
                said = False
                try:
                    said = self._append_card(changes)
                finally:
                    if not said:
                        _merge_changes(changes, self._unsaid)
                        self._unsaid = changes
            return not self._unsaid

    def close(self, state, failure=None):
        """Appends the last record; nothing is accepted from now on.

        :return: the position behind it
        """
        end = {"state": state, "ticks": self._clock()}
        if failure is not None:
            end["failure"] = failure[:_FAILURE_CHARACTERS]
        with self._lock:
            if not self.closed:
                self.segment.limit = 0
                self.segment.append_last(Record(struct.pack("<BBBx", _CLOSE, 0, 0) + _json.dumps(end)))
                self.closed = True
                self.control.closing()
            return self.position()

    def position(self):
        """The position behind the last record."""
        segment = self.segment
        return segment.number << 32 | segment.offset

    def bytes_between(self, start, end):
        """How many bytes lie between two positions."""
        segments = (self._lengths.get(number, 0) for number in range(start >> 32, end >> 32))
        return sum(segments) + (end & 0xFFFFFFFF) - (start & 0xFFFFFFFF)

    def compile(self, names):
        """Makes the fast way of a key set that :meth:`values` has just taken, in the present segment."""
        with self._lock:
            if names in self.segment.key_sets:
                self.segment.compile(names)

    @property
    def packers(self):
        """The fast ways of the present segment: from the tuple of names to a function of (data, step)
        that returns whether it took them. Ask again after any call that did not."""
        return self.segment.packers

    # The end of a writer ------------------------------------------------------------------------

    def release(self):
        """Lets go of the lock that says that this writer lives, and of the last segment."""
        if self._alive is not None:
            os.close(self._alive)
            self._alive = None
            self._retired.append(self.segment)

    def close_retired(self):
        """Unmaps the segments that are full. It takes milliseconds, so a thread of our own does it."""
        while self._retired:
            self._retired.pop().close()

    def disown(self):
        """In a forked child: the journal is the parent's, and nothing is appended to it from here.

        Mappings are given back, so that a child that lives long does not keep the disk's space taken.
        """
        self._lock = threading.RLock()
        self._busy = False
        self.closed = True
        self.segment.limit = 0
        if self._alive is not None:
            self.release()
            self.close_retired()

    def _abandon(self):
        os.close(self._alive)
        for name in ("ctl", "alive"):
            try:
                os.unlink(self._path(name))
            except FileNotFoundError:
                pass

    # Records ------------------------------------------------------------------------------------

    def _append(self, record, stream=0, rows=0, step=None):
        top = NO_STEP_YET if step is None else step
        while True:
            segment = self.segment
            if segment.append(record, stream, rows, top):
                return True
            if not self._make_room(segment, record.size):
                return False

    def _append_values(self, stream, names, values, step):
        count = len(names)
        top = NO_STEP_YET if step is None else step
        ticks = self._clock()
        size = 32 + 8 * count
        while True:
            segment = self.segment
            key_set = self._declare(segment, names)
            if key_set is not None:
                flags = _FLAG_NO_STEP if step is None else 0
                body = struct.pack(
                    f"<BBBxIqq{count}d", VALUES, stream, flags, key_set, step or 0, ticks, *values
                )
                if segment.append(Record(body), stream, count, top):
                    return True
            elif segment is self.segment:
                return self._drop(count)
            if not self._make_room(segment, size):
                return self._drop(count)

    def _declare(self, segment, names):
        """The number of a key set in a segment, which declares it there if it is new.

        :return: None if there is no room in this segment
        """
        number = segment.key_sets.get(names)
        if number is not None:
            return number
        encoded = [name.encode("utf-8") for name in names]
        listed = b"".join(struct.pack("<H", len(name)) + name for name in encoded)
        with self._lock:
            if names in segment.key_sets:
                return segment.key_sets[names]
            number = self.counts[_KEY_SETS] - segment.key_sets_before
            record = Record(struct.pack("<BBBxII", _KEY_SET, 0, 0, number, len(names)) + listed)
            # Counted by the append itself: should a signal's handler raise right behind it, the number is taken.
            while not segment.append(record, _KEY_SETS, 1, NO_STEP_YET):
                if not self._make_room(segment, record.size) or segment is not self.segment:
                    return None
            if len(segment.key_sets) < _KEY_SETS_KEPT:
                segment.key_sets[names] = number
            return number

    def _append_card(self, change):
        bodies = []
        try:
            if self._append(self._json_record(_CARD, change, bodies)):
                return True
        except _NoRoom:
            pass
        _remove(bodies)
        return False

    def _json_record(self, kind, value, bodies):
        data = _json.dumps(value)
        if len(data) <= _INLINE_BYTES:
            return Record(struct.pack("<BBBx", kind, 0, 0) + data)
        return Record(struct.pack("<BBBx", kind, 0, _FLAG_JSON_IN_BODY) + self._body(data, bodies))

    def _text(self, text, bodies):
        data = text.encode("utf-8", "replace")
        if len(data) <= _INLINE_BYTES:
            return struct.pack("<I", len(data)) + data
        return b"\xff\xff\xff\xff" + self._body(data, bodies)

    def _body(self, data, bodies):
        """Writes a large value to a file of its own, whole, and returns the reference to it.

        :param bodies: the file is added to it, for whoever finds no room for the record
        :raises _NoRoom: if there is none for the file
        """
        with self._lock:
            number = self._bodies
            self._bodies += 1
        path = self._path(f"body.{number:08d}")
        try:
            self._write_body(path, data)
        except OSError as e:
            if not self._find_room(lambda: self._write_body(path, data)):
                raise _NoRoom(*e.args) from None
        bodies.append(path)
        return struct.pack("<IIQ", number, crc32(data), len(data))

    def _write_body(self, path, data):
        self._spool.reserve(len(data))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
        except OSError:
            os.unlink(path)
            raise
        finally:
            os.close(descriptor)

    # Segments and room --------------------------------------------------------------------------

    def _make_segment(self, number, top):
        """Makes a segment that begins with its header."""
        card = dict(self.card_so_far)
        too_large = {}
        for key in ("config", "summary"):
            if key in card and len(_json.dumps(card[key])) > _HEADER_JSON_BYTES:
                too_large[key] = card.pop(key)
        rows = {name: self.counts[stream] for stream, name in STREAM_NAMES.items()}
        step = None if top == NO_STEP_YET else top
        header = dict(self._header, segment=number, rows=rows, step=step, card=card)
        records = [Record(struct.pack("<BBBx", _HEADER, 0, 0) + _json.dumps(header))]
        bodies = []
        # The first one is made whatever the limit of the spool: a run begins, and then says what it drops.
        reserve = self._spool.reserve if number else self._spool.reserve_first
        path = self._path(f"{number:06d}.journal")
        segment = Segment(
            path, number, self._segment_bytes, self._spool.segment_budget, self.counts, top, self._lock, self._clock, reserve
        )
        try:
            records += [self._json_record(_CARD, {key: value}, bodies) for key, value in too_large.items()]
            for record in records:
                segment.extend(record.size, reserve)
                segment.append(record, 0, 0, NO_STEP_YET)
        except BaseException:
            segment.close()
            _remove([path, *bodies])
            raise
        return segment

    def _make_room(self, segment, size):
        """Makes room for a record of so many bytes, in this segment or by another one.

        :return: whether to try again
        """
        with self._lock:
            if not self._busy and (segment is not self.segment or segment.offset + size <= segment.limit):
                return not self.closed
            if not self._find_room(lambda: self._enlarge(segment, size)):
                return False
            if self._gave_up:
                self._gave_up = False
                self._say_room_again()
            return True

    def _enlarge(self, segment, size):
        if segment.fits(size):
            segment.extend(size, self._spool.reserve)
        else:
            self._switch(segment)

    def _find_room(self, attempt):
        """Tries something that takes room until there is some, or, if that was waited for in vain before, once.

        :return: whether it succeeded
        """
        with self._lock:
            # Busy: this very thread is making room already, and a signal handler or a finalizer
            # logs in the middle of it, or a new segment needs a body.
            if self.closed or self._busy:
                return False
            now = time.monotonic()
            if now < self._retry_at:
                return False
            deadline = now if self._gave_up else now + self._wait_seconds
            self._busy = True
            try:
                while True:
                    try:
                        attempt()
                        return True
                    except OSError as e:
                        if time.monotonic() >= deadline:
                            self._gave_up = True
                            self._retry_at = time.monotonic() + _LOOK_FOR_ROOM_SECONDS
                            self._warn_full(e)
                            return False
                        self._warn_waiting(e)
                    time.sleep(_LOOK_FOR_ROOM_SECONDS)
            finally:
                self._busy = False

    def _switch(self, full):
        """Goes on in a new segment."""
        limit = full.limit
        full.limit = 0
        try:
            segment = self._make_segment(full.number + 1, full.top)
        except BaseException:
            full.limit = limit
            raise
        # Nothing stands between these two that a signal's handler could raise in: behind "next" nothing may follow.
        full.append_last(Record(struct.pack("<BBBx", _NEXT, 0, 0)))
        self.segment = segment
        self._lengths[full.number] = full.offset
        self._retired.append(full)

    def _drop(self, points):
        with self._lock:
            if not self.closed:
                self.control.drop(points)
        return False

    def _warn_waiting(self, error):
        say_once(
            ("waiting", self.writer),
            f"{self._reason(error)}; log() waits up to {self._wait_seconds:g} s, once, for room",
        )

    def _warn_full(self, error):
        say_once(
            ("full", self.writer),
            f"{self._reason(error)}; until there is room points are dropped and counted, and training goes on."
            f" To make room: {self._advice(error)}",
        )

    def _say_room_again(self):
        say_once(
            ("room", self.writer),
            f"There is room again in {self._spool.path}: log() goes on after {self.control.dropped} dropped points",
        )

    def _reason(self, error):
        if isinstance(error, SpoolFull):
            return str(error)
        return f"The journal in {self._spool.path} cannot grow: {error.strerror or error}"

    def _advice(self, error):
        publish = f"see that its journals are published (`ostraka publish --spool {self._spool.path}` says what holds them up)"
        return publish if isinstance(error, SpoolFull) else f"free some of that disk, or {publish}"

    def _path(self, ending):
        return os.path.join(self._spool.path, f"{self.writer}.{ending}")


def merge(card, change):
    """Applies a change to a card in place, as a drainer does with a card record."""
    for key, value in change.items():
        if key in ("config", "summary") and isinstance(value, dict):
            inner = card.setdefault(key, {})
            for name, item in value.items():
                _put(inner, name, item)
        else:
            _put(card, key, value)


def _put(fields, key, value):
    if value is None:
        fields.pop(key, None)
    else:
        fields[key] = value


def _merge_changes(earlier, later):
    """Adds later changes of a card to earlier ones, in place; None stays, since it removes."""
    for key, value in later.items():
        inner = earlier.get(key)
        if key in ("config", "summary") and isinstance(value, dict) and isinstance(inner, dict):
            inner.update(value)
        else:
            earlier[key] = dict(value) if isinstance(value, dict) else value


def _remove(paths):
    for path in paths:
        try:
            os.unlink(path)
        except OSError:
            pass  # nobody reads what no record names
