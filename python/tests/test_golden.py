"""The golden journal: this client writes exactly its bytes, and the reader of these tests reads what it says."""

import json
import os

import golden_journal
import journal_reader
from support import PACKAGE_FOLDER

GOLDEN = os.path.join(PACKAGE_FOLDER, "..", "docs", "golden", "journal")


def contents(folder):
    """The files of the journal; what lies behind the last record of a segment is zeros and left out."""
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.startswith(golden_journal.WRITER) and not name.endswith((".alive", ".ctl")):
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            found[name] = data.rstrip(b"\0") if name.endswith(".journal") else data
    return found


def test_the_client_writes_the_golden_journal_byte_for_byte(tmp_path):
    golden_journal.write(tmp_path)
    written, golden = contents(tmp_path), contents(GOLDEN)
    assert list(written) == list(golden)
    for name, data in written.items():
        assert data == golden[name], name


def test_the_golden_journal_says_what_the_file_beside_it_says():
    with open(os.path.join(GOLDEN, "expected.json"), encoding="utf-8") as file:
        expected = json.load(file)
    journal = journal_reader.read(GOLDEN, golden_journal.WRITER)
    assert len(journal.headers) == expected["segments"] == 3
    assert journal.card == expected["card"]
    assert journal.close == expected["close"]
    assert journal.end == expected["end"]
    assert [kind for _, kind, _, _ in journal.records] == expected["kinds"]
    for stream, rows in journal.rows.items():
        assert [as_json(row) for row in rows] == expected["rows"][stream]


def as_json(row):
    """A row as ``expected.json`` has it: step, milliseconds, name, value, with non-finite numbers as texts."""
    step, milliseconds, name, value = row
    if isinstance(value, float) and value - value != 0:
        value = "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, str) and len(value) > 1000:
        value = f"{len(value.encode())} bytes, {value[:16]} again and again"
    return [step, milliseconds, name, value]
