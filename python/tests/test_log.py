"""What log() stores, in which stream, under which name and step."""

import decimal
import enum
import fractions
import math

import numpy
import pytest


def test_numbers_of_every_kind_are_stored_as_doubles(begin, read):
    run = begin()
    values = {
        "int": 3,
        "float": 0.1,
        "bool": True,
        "past 2^53": 2**53 + 1,
        "float32": numpy.float32(0.5),
        "int64": numpy.int64(-7),
        "bool_": numpy.bool_(True),
        "0-d": numpy.array(2.5),
        "one value": numpy.array([4.5]),
        "fraction": fractions.Fraction(1, 4),
        "decimal": decimal.Decimal("1.25"),
    }
    for _ in range(3):
        run.log(values, step=1)
    rows = read(run).rows["metrics"]
    assert len(rows) == 3 * len(values)
    expected = [3.0, 0.1, 1.0, float(2**53), 0.5, -7.0, 1.0, 2.5, 4.5, 0.25, 1.25]
    for first in range(0, len(rows), len(values)):
        call = rows[first : first + len(values)]
        assert [value for *_, value in call] == expected
        assert [name for *_, name, _ in call] == list(values)


def test_nan_and_infinities_are_values(begin, read):
    run = begin()
    run.log({"a": math.nan, "b": math.inf, "c": -math.inf})
    a, b, c = (value for *_, value in read(run).rows["metrics"])
    assert math.isnan(a) and b == math.inf and c == -math.inf


def test_nested_dictionaries_become_names_with_slashes(begin, read):
    run = begin()
    for step in range(2):
        run.log({"train": {"loss": 1, "by class": {"cat": 2}}, "lr": 3}, step=step)
    names = [(step, name, value) for step, _, name, value in read(run).rows["metrics"]]
    call = [("train/loss", 1.0), ("train/by class/cat", 2.0), ("lr", 3.0)]
    assert names == [(step, *one) for step in range(2) for one in call]


def test_two_ways_to_one_name_are_both_kept(begin, read):
    run = begin()
    run.log({"a/b": 1, "a": {"b": 2}})
    assert read(run).metric("a/b") == [(0, 1.0), (0, 2.0)]


def test_texts_and_lists_go_to_texts(begin, read):
    run = begin()
    run.log({"note": "héllo\n🎉", "list": [1, float("nan"), None, {"a": (1, 2)}], "half": "\ud800", "x": 1}, step=4)
    journal = read(run)
    assert [(step, name, value) for step, _, name, value in journal.rows["texts"]] == [
        (4, "note", "héllo\n🎉"),
        (4, "list", '[1,"NaN",null,{"a":[1,2]}]'),
        (4, "half", "?"),
    ]
    assert journal.metric("x") == [(4, 1.0)]


def test_a_text_of_a_mebibyte_is_stored_in_a_body(begin, read):
    run = begin()
    text = "äb" * 500_000
    run.log({"long": text, "short": "s" * 65_536})
    assert [value for *_, value in read(run).rows["texts"]] == [text, "s" * 65_536]


def test_without_a_step_the_greatest_so_far_plus_one_is_taken(begin, read):
    run = begin()
    run.log({"a": 1})
    run.log({"a": 2})
    run.log({"a": 3}, step=10)
    run.log({"a": 4}, step=5)
    run.log({"a": 5})
    run.log({"b": "text"})
    run.log({"a": 6})
    journal = read(run)
    assert [step for step, _ in journal.metric("a")] == [0, 1, 10, 5, 11, 13]
    assert journal.rows["texts"][0][0] == 12


def test_a_call_of_which_nothing_can_be_stored_takes_no_step(begin, read):
    run = begin()
    run.log({"a": 1})
    run.log({"a": None})
    run.log({"a": 2})
    assert read(run).metric("a") == [(0, 1.0), (1, 2.0)]


@pytest.mark.parametrize("step", [-1, -(2**53), 2**53, 2**53 - 1, 0])
def test_steps_within_2_to_the_53_are_stored_exactly(begin, read, step):
    run = begin()
    for _ in range(2):
        run.log({"a": 1}, step=step)
    assert [found for found, _ in read(run).metric("a")] == [step, step]


def test_behind_the_greatest_possible_step_one_has_to_be_given(begin, read, capfd):
    run = begin()
    for step in (0, 2**53 - 1, None, None, 5):
        run.log({"a": 1}, step=step)
    assert [step for step, _ in read(run).metric("a")] == [0, 2**53 - 1, 2**53, 5]
    assert "outside -2^53 to 2^53" in capfd.readouterr().err


@pytest.mark.parametrize("step", [7.0, numpy.int64(7), numpy.float32(7), numpy.array(7)])
def test_whole_steps_of_other_types_are_accepted(begin, read, step):
    run = begin()
    for _ in range(2):
        run.log({"a": 1}, step=step)
    assert [found for found, _ in read(run).metric("a")] == [7, 7]


@pytest.mark.parametrize("step", [2**53 + 1, -(2**53) - 1, 10**30, 0.5, math.nan, "7", [1]])
def test_other_steps_are_refused_with_one_line(begin, read, capfd, step):
    run = begin()
    run.log({"a": 1}, step=3)
    for _ in range(3):
        run.log({"a": 2}, step=step)
    run.log({"a": 4})
    assert read(run).metric("a") == [(3, 1.0), (4, 4.0)]
    assert capfd.readouterr().err.count("step that cannot be stored") == 1


class Awkward:
    def __float__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    "value", [None, object(), b"bytes", 1j, numpy.zeros((2, 3)), 10**400, Awkward(), len, [object()]]
)
def test_a_value_that_cannot_be_logged_is_named_once_and_the_rest_is_logged(begin, read, capfd, value):
    run = begin()
    for step in range(3):
        run.log({"good": 1, "bad one": value, "also": 2}, step=step)
    journal = read(run)
    assert journal.metric("good") == [(0, 1.0), (1, 1.0), (2, 1.0)]
    assert journal.metric("also") == [(0, 2.0), (1, 2.0), (2, 2.0)]
    lines = [line for line in capfd.readouterr().err.splitlines() if "is not logged" in line]
    assert len(lines) == 1
    assert f'"bad one" of type {type(value).__name__} is not logged: ' in lines[0]


def test_strict_raises_what_would_be_a_warning(begin):
    run = begin(strict=True)
    with pytest.raises(ValueError, match='"a" of type NoneType is not logged'):
        run.log({"a": None})
    with pytest.raises(ValueError, match="step"):
        run.log({"a": 1}, step="1")
    with pytest.raises(ValueError, match="takes a dictionary"):
        run.log(5)


@pytest.mark.parametrize("data", [5, None, "text", ["a"], [("a", 1)]])
def test_anything_but_a_dictionary_is_refused_with_one_line(begin, read, capfd, data):
    run = begin()
    run.log({"a": 1})
    run.log(data)
    run.log(data)
    assert len(read(run).rows["metrics"]) == 1
    assert capfd.readouterr().err.count("takes a dictionary") == 1


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 1025, 7, None, "\x7f"])
def test_a_bad_name_is_said_once_and_the_rest_is_logged(begin, read, capfd, name):
    run = begin()
    for _ in range(2):
        run.log({name: 1, "good": 2})
    assert [name for *_, name, _ in read(run).rows["metrics"]] == ["good", "good"]
    assert capfd.readouterr().err.count("is not logged") == 1


def test_names_may_be_long_and_strange(begin, read):
    run = begin()
    names = ["x" * 1024, "..", "a b/c%d", "🎉", "a//b", "{}"]
    for _ in range(2):
        run.log(dict.fromkeys(names, 1))
    assert [name for *_, name, _ in read(run).rows["metrics"]] == names * 2


def test_half_a_surrogate_pair_in_a_name_is_replaced(begin, read):
    run = begin()
    for _ in range(2):
        run.log({"a\ud800": 1})
    assert [name for *_, name, _ in read(run).rows["metrics"]] == ["a\ufffd"] * 2


class Key(str, enum.Enum):
    LOSS = "loss"


def test_keys_may_be_texts_of_an_enum(begin, read):
    run = begin()
    for _ in range(2):
        run.log({Key.LOSS: 1})
    assert read(run).metric("loss") == [(0, 1.0), (1, 1.0)]


@pytest.mark.parametrize("count", [1, 32, 33, 1000, 4096, 4097, 10_000])
def test_a_call_may_hold_any_number_of_metrics(begin, read, count):
    run = begin()
    data = {f"m{i}": float(i) for i in range(count)}
    for _ in range(3):
        run.log(data)
    rows = read(run).rows["metrics"]
    assert [(step, name, value) for step, _, name, value in rows] == [
        (step, name, value) for step in range(3) for name, value in data.items()
    ]


def test_the_order_of_a_call_may_change(begin, read):
    run = begin()
    for _ in range(2):
        run.log({"a": 1, "b": 2})
        run.log({"b": 3, "a": 4})
    assert [value for *_, value in read(run).rows["metrics"]] == [1, 2, 3, 4] * 2


def test_a_value_that_logs_while_it_is_converted_keeps_both(begin, read):
    run = begin()

    class Logging:
        def __float__(self):
            run.log({"inner": 1})
            return 2.0

    for _ in range(3):
        run.log({"outer": Logging()}, step=100)
    journal = read(run)
    assert len(journal.metric("inner")) >= 3
    assert journal.metric("outer") == [(100, 2.0)] * 3


def test_after_the_end_nothing_is_stored_and_one_line_says_so(begin, read, capfd):
    run = begin()
    run.log({"a": 1})
    run.finish(timeout=0)
    for _ in range(3):
        run.log({"a": 2})
    assert read(run).metric("a") == [(0, 1.0)]
    assert capfd.readouterr().err.count("after the end of the run") == 1
