"""Names of projects, runs and metrics; the vectors are shared with the other languages."""

import json
import os

import pytest
from support import PACKAGE_FOLDER

from ostraka import _names

with open(os.path.join(PACKAGE_FOLDER, "..", "docs", "golden", "names.json"), encoding="utf-8") as file:
    VECTORS = json.load(file)


@pytest.mark.parametrize("name, key", VECTORS["keys"])
def test_a_name_becomes_the_part_of_a_key_that_all_languages_agree_on(name, key):
    assert _names.encode(name) == key


@pytest.mark.parametrize("name", VECTORS["refused"])
def test_a_refused_name_is_refused_in_one_line(name):
    with pytest.raises(ValueError) as e:
        _names.encode(name, "project name")
    message = str(e.value)
    assert message.startswith("The project name ")
    assert message.isprintable()


@pytest.mark.parametrize("name, stored", VECTORS["metrics"])
def test_a_metric_keeps_its_name(name, stored):
    assert _names.metric(name) == stored


@pytest.mark.parametrize("name", VECTORS["metrics_refused"])
def test_a_refused_metric_name_is_refused(name):
    with pytest.raises(ValueError):
        _names.metric(name)


def test_a_metric_name_has_at_most_1024_bytes():
    assert _names.metric("é" * 512)
    with pytest.raises(ValueError, match="1026 bytes"):
        _names.metric("é" * 513)


@pytest.mark.parametrize("argument", ["project", "id"])
@pytest.mark.parametrize("name", ["", "..", "x" * 201, "a\nb", 7])
def test_init_refuses_bad_names_and_leaves_nothing_behind(begin, tmp_path, argument, name):
    with pytest.raises(ValueError):
        begin(**{argument: name})
    assert not (tmp_path / "root").exists()
    assert not (tmp_path / "spool").exists()


@pytest.mark.parametrize("name", ["a/b", "100 %", "🎉", ". .", "käse"])
def test_strange_names_become_folders(begin, tmp_path, name):
    run = begin(project=name, id=name + "!")
    folder = tmp_path / "root" / ("project=" + _names.encode(name)) / ("run=" + _names.encode(name + "!"))
    card = json.loads((folder / f"writer={run.writer}" / "writer.json").read_text(encoding="utf-8"))
    assert (card["project"], card["run"]) == (name, name + "!")
