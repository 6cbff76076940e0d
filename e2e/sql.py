"""Asks a root in SQL, by `ostraka sql` and by the stock DuckDB with the script of `ostraka sql --init`; and what docs/sql.md asks."""

import json
import re
import subprocess
import sys
from pathlib import Path

from commands import REPOSITORY, TRAINERS, wait_until

DUCKDB = Path(sys.executable).parent / "duckdb"
_DOCUMENT = REPOSITORY / "docs" / "sql.md"
_END = "===end==="


def questions():
    """The worked questions of the document as {title: SQL}."""
    return dict(re.findall(r"^### (\d+\. [^\n]*)\n```sql\n(.*?)```", _DOCUMENT.read_text(), re.M | re.S))


def recipes():
    """The recipes of the document as {title: Python}."""
    return dict(re.findall(r"^### ([^\n]*)\n```python\n(.*?)```", _DOCUMENT.read_text(), re.M | re.S))


def make_root(place, **variables):
    """Has the project of the questions logged and published."""
    code, out, err = place.run(sys.executable, TRAINERS / "questions.py", timeout=300, **variables)
    assert code == 0, err
    wait_until(lambda: not place.journals(), "everything to be published", 120)


def script(place, root, **variables):
    """The file that `ostraka sql --init` makes of a root."""
    code, out, err = place.ostraka("sql", root, "--init", **variables)
    assert code == 0, err
    file = place.folder / "ostraka.sql"
    file.write_text(out)
    return file


def ours(place, root, *statements, **variables):
    """The answers of `ostraka sql`, one list of rows for each statement."""
    code, out, err = place.ostraka("sql", root, ";\n".join(statements), "--format", "json", **variables)
    assert code == 0, err
    return _parsed(out)


def stock(script, *statements, before=""):
    """The answers of the stock DuckDB, one list of rows for each statement."""
    asked = f".bail on\n.mode json\n{before}\n.read '{script}'\n.print '{_END}'\n"
    for statement in statements:
        asked += f"{statement.rstrip().rstrip(';')};\n.print '{_END}'\n"
    done = subprocess.run(
        [str(DUCKDB), "-unsigned", "-no-init"], input=asked, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0 and not done.stderr.strip(), done.stderr
    answers = done.stdout.split(_END)[1:-1]
    return [json.loads(answer.strip() or "[]") for answer in answers]


def _parsed(text):
    decoder, answers, at = json.JSONDecoder(), [], 0
    while at < len(text.rstrip()):
        answer, at = decoder.raw_decode(text, at)
        answers.append(answer)
        while at < len(text) and text[at].isspace():
            at += 1
    return answers
