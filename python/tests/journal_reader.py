"""Reads journals strictly by ``docs/journal.md``, for the tests; shares no code with the client."""

import glob
import json
import os
import struct
from zlib import crc32

STREAMS = {1: "metrics", 2: "texts", 3: "console", 4: "system"}
MAGIC = b"OSTRAKA JOURNAL\x01"


class BadRecord(Exception):
    pass


class JournalFile:
    """All of one journal.

    :ivar rows: per stream, a list of (step or None, milliseconds since the epoch, name, value)
    :ivar card: the card as changed by all records
    :ivar headers: the header of each segment
    :ivar close: the close record, or None
    :ivar end: the position behind the last record
    """

    def __init__(self, spool, writer):
        self.spool, self.writer = spool, writer
        self.rows = {name: [] for name in STREAMS.values()}
        self.records = []
        self.headers = []
        self.card = None
        self.close = None
        self.end = None
        number = 0
        while self._read_segment(number):
            number += 1

    def metric(self, name):
        return [(step, value) for step, _, found, value in self.rows["metrics"] if found == name]

    def _read_segment(self, number):
        """Whether the journal goes on in the next segment."""
        path = os.path.join(self.spool, f"{self.writer}.{number:06d}.journal")
        with open(path, "rb") as file:
            data = file.read()
        if data[:16] != MAGIC:
            raise BadRecord(f"{path} begins with {data[:16]!r}")
        offset, key_sets, first = 16, [], True
        while True:
            self.end = number << 32 | offset
            body, offset = self._body(path, data, offset)
            if body is None:
                return False
            kind, stream, flags, zero = body[:4]
            if zero or (kind == 1) != first:
                raise BadRecord(f"{path}: kind {kind} at {offset}")
            first = False
            self.records.append((number, kind, stream, flags))
            if kind == 1:
                self._header(number, self._json(body, flags))
            elif kind == 2:
                key_sets.append(self._key_set(body, len(key_sets)))
            elif kind == 3:
                self._values(body, stream, flags, key_sets)
            elif kind == 4:
                self._row(body, stream, flags)
            elif kind == 5:
                self._change(self._json(body, flags))
            elif kind == 6:
                self.close = self._json(body, flags)
                self.end = number << 32 | offset
                if any(data[offset:]):
                    raise BadRecord(f"{path}: something behind the close record")
                return False
            elif kind == 7:
                if body != b"\7\0\0\0" or any(data[offset:]):
                    raise BadRecord(f"{path}: something behind the next record")
                return True
            else:
                raise BadRecord(f"{path}: kind {kind}")

    @staticmethod
    def _body(path, data, offset):
        (word,) = struct.unpack_from("<I", data, offset)
        if word == 0:
            return None, offset
        length = word & 0xFFFFFF
        if word >> 24 != 0xA5 or length < 4 or offset + 8 + length > len(data):
            raise BadRecord(f"{path}: length word {word:08x} at {offset}")
        body = data[offset + 8 : offset + 8 + length]
        (crc,) = struct.unpack_from("<I", data, offset + 4)
        if crc32(data[offset : offset + 4] + body) != crc:
            raise BadRecord(f"{path}: wrong CRC at {offset}")
        end = offset + 8 + length
        padded = -(-end // 8) * 8
        if any(data[end:padded]):
            raise BadRecord(f"{path}: padding at {end}")
        return body, padded

    def _header(self, number, header):
        if header["segment"] != number or header["writer"] != self.writer or header["format"] != 1:
            raise BadRecord(f"header {header}")
        if header["rows"] != {name: len(rows) for name, rows in self.rows.items()}:
            raise BadRecord(f"rows {header['rows']}, counted { {n: len(r) for n, r in self.rows.items()} }")
        if self.card is not None:
            steps = [step for stream in ("metrics", "texts") for step, *_ in self.rows[stream]]
            if header["step"] != (max(steps) if steps else None):
                raise BadRecord(f"step {header['step']}, greatest {max(steps, default=None)}")
        self.card = {**(self.card or {}), **header["card"]}
        self.headers.append(header)

    @staticmethod
    def _key_set(body, expected):
        number, count = struct.unpack_from("<II", body, 4)
        if number != expected or not 1 <= count <= 4096:
            raise BadRecord(f"key set {number} of {count}")
        names, offset = [], 12
        for _ in range(count):
            (length,) = struct.unpack_from("<H", body, offset)
            names.append(body[offset + 2 : offset + 2 + length].decode("utf-8"))
            offset += 2 + length
        if offset != len(body):
            raise BadRecord("key set with something behind it")
        return names

    def _values(self, body, stream, flags, key_sets):
        key_set, step, ticks = struct.unpack_from("<Iqq", body, 4)
        names = key_sets[key_set]
        if stream not in (1, 4) or len(body) != 24 + 8 * len(names) or flags > 1 or (flags and step):
            raise BadRecord("values")
        for name, value in zip(names, struct.unpack_from(f"<{len(names)}d", body, 24)):
            self.rows[STREAMS[stream]].append((None if flags else step, self._time(ticks), name, value))

    def _row(self, body, stream, flags):
        zero, step, ticks = struct.unpack_from("<Iqq", body, 4)
        if stream not in (2, 3) or zero or flags > 1 or (flags and step):
            raise BadRecord("row")
        first, offset = self._text(body, 24)
        second, offset = self._text(body, offset)
        if offset != len(body):
            raise BadRecord("row with something behind it")
        self.rows[STREAMS[stream]].append((None if flags else step, self._time(ticks), first, second))

    def _text(self, body, offset):
        (length,) = struct.unpack_from("<I", body, offset)
        offset += 4
        if length == 0xFFFFFFFF:
            return self._reference(body[offset : offset + 16]).decode("utf-8"), offset + 16
        return body[offset : offset + length].decode("utf-8"), offset + length

    def _reference(self, reference):
        number, crc, length = struct.unpack("<IIQ", reference)
        with open(os.path.join(self.spool, f"{self.writer}.body.{number:08d}"), "rb") as file:
            data = file.read()
        if len(data) != length or crc32(data) != crc or length <= 65_536:
            raise BadRecord(f"body {number}")
        return data

    def _json(self, body, flags):
        data = self._reference(body[4:]) if flags & 2 else body[4:]
        return json.loads(data.decode("utf-8"), parse_constant=_refuse)

    def _change(self, change):
        for key, value in change.items():
            if key in ("config", "summary"):
                inner = dict(self.card.get(key, {}))
                for name, item in value.items():
                    _put(inner, name, item)
                self.card[key] = inner
            else:
                _put(self.card, key, value)

    def _time(self, ticks):
        clock = self.headers[0]["clock"]
        return clock["wall_ms"] + (ticks - clock["ticks_ns"]) // 1_000_000


def read(spool, writer):
    """The journal of a writer."""
    return JournalFile(str(spool), writer)


def writers(spool):
    """The writers that have a journal in a spool, by name."""
    paths = glob.glob(os.path.join(str(spool), "*.000000.journal"))
    return sorted(os.path.basename(path)[: -len(".000000.journal")] for path in paths)


def _put(fields, key, value):
    if value is None:
        fields.pop(key, None)
    else:
        fields[key] = value


def _refuse(constant):
    raise BadRecord(f"{constant} is no JSON")
