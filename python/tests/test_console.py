"""What a process prints is kept on its way to the terminal, line by line, without standing in its way."""

import contextlib
import io
import sys

import pytest

from ostraka._console import Lines


def printed(journal):
    return [(source, line) for _, _, source, line in journal.rows["console"]]


def test_lines_of_stdout_and_stderr_are_kept(begin, read):
    run = begin(console=True)
    print("one\ntwo")
    print("three", file=sys.stderr)
    print("no end", end="")
    run.finish(timeout=0)
    journal = read(run)
    assert printed(journal)[:4] == [
        ("stdout", "one"), ("stdout", "two"), ("stderr", "three"), ("stdout", "no end")
    ]  # fmt: skip


def test_a_line_has_the_latest_step_or_none(begin, read):
    run = begin(console=True)
    print("before")
    run.log({"a": 1}, step=41)
    print("after")
    assert [step for step, *_ in read(run).rows["console"]] == [None, 41]


def test_what_is_printed_still_arrives_and_streams_stay_who_they_are(begin, capsys):
    before = sys.stdout, sys.stderr
    run = begin(console=True)
    print("hello")
    assert (sys.stdout, sys.stderr) == before
    run.finish(timeout=0)
    print("again")
    assert capsys.readouterr().out == "hello\nagain\n"
    assert "write" not in vars(sys.stdout)


def test_a_stream_put_in_place_later_is_seen_through(begin, read, monkeypatch):
    class Tee:
        def __init__(self, below):
            self.below = below

        def write(self, text):
            return self.below.write("> " + text)

        def flush(self):
            self.below.flush()

    run = begin(console=True)
    monkeypatch.setattr(sys, "stdout", Tee(sys.stdout))
    sys.stdout.write("through\n")
    assert printed(read(run)) == [("stdout", "> through")]


def test_output_redirected_elsewhere_is_left_alone(begin, read):
    run = begin(console=True)
    with contextlib.redirect_stdout(io.StringIO()) as kept:
        print("kept")
    print("shown")
    assert kept.getvalue() == "kept\n"
    assert printed(read(run)) == [("stdout", "shown")]


def test_whoever_wraps_write_later_goes_on_working_after_the_end(begin, read, capsys):
    run = begin(console=True)
    ours = sys.stdout.write
    sys.stdout.write = lambda text: ours(text.upper())
    try:
        print("one")
        run.finish(timeout=0)
        print("two")
    finally:
        del sys.stdout.write
    assert capsys.readouterr().out == "ONE\nTWO\n"
    assert printed(read(run)) == [("stdout", "ONE")]


def test_whoever_wrapped_write_before_is_there_again_after_the_end(begin, read, capsys):
    plain = sys.stdout.write
    theirs = lambda text: plain(text.upper())  # noqa: E731
    sys.stdout.write = theirs
    try:
        run = begin(console=True)
        print("one")
        run.finish(timeout=0)
        assert sys.stdout.write is theirs
    finally:
        del sys.stdout.write
    assert capsys.readouterr().out == "ONE\n"
    assert printed(read(run)) == [("stdout", "one")]


def test_a_print_inside_of_log_does_not_recurse(begin, read):
    run = begin(console=True)

    class Talkative:
        def __float__(self):
            print("converting")
            return 1.0

    run.log({"a": Talkative()})
    assert ("stdout", "converting") in printed(read(run))


def test_a_closed_or_absent_stream_stops_nothing(begin, read, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    run = begin(console=True)
    run.log({"a": 1, "bad": None})
    run.finish(timeout=0)
    assert read(run).metric("a") == [(0, 1.0)]


def test_two_runs_both_have_the_lines(begin, read):
    first, second = begin(console=True), begin(console=True)
    print("for both")
    first.finish(timeout=0)
    print("for one")
    assert printed(read(first))[0] == ("stdout", "for both")
    assert ("stdout", "for one") not in printed(read(first))
    assert ("stdout", "for one") in printed(read(second))


@pytest.mark.parametrize(
    "pieces, lines, rest",
    [
        (["a\nb\n"], ["a", "b"], []),
        (["a", "b\n", "c"], ["ab"], ["c"]),
        (["\n\n"], ["", ""], []),
        (["a\r\nb\r\n"], ["a", "b"], []),
        (["a\r", "\nb"], ["a"], ["b"]),
        (["\r 1%", "\r 50%", "\r100%\n"], ["100%"], []),
        (["\r 1%", "\r 50%"], [], [" 50%"]),
        ([" 1%\r", " 50%\r", "done\r\n"], ["done"], []),
        (["bar\r", "   \r", "next\n"], ["next"], []),
        (["x" * 70_000], ["x" * 70_000], []),
        (["\x1b[31mred\x1b[0m\n"], ["\x1b[31mred\x1b[0m"], []),
    ],
)
def test_progress_bars_are_collapsed(pieces, lines, rest):
    cut = Lines()
    assert [line for piece in pieces for line in cut.feed(piece)] == lines
    assert cut.rest() == rest


def test_a_long_progress_bar_is_one_line(begin, read):
    run = begin(console=True)
    for i in range(10_000):
        sys.stderr.write(f"\r{i}/10000 ")
    sys.stderr.write("\n")
    assert printed(read(run)) == [("stderr", "9999/10000 ")]


def test_a_stream_that_was_put_back_as_it_was_is_wrapped_again(begin, read, monkeypatch):
    """As IPython does around each cell, also the one that began the run."""
    import io

    from ostraka import _console

    stream = io.StringIO()
    before = stream.write
    stream = _Stream(before)
    monkeypatch.setattr("sys.stdout", stream)
    run = begin(console=True)
    print("in the first cell")
    stream.write = before
    _console.renew()
    print("in the next one")
    inner = stream.write
    stream.write = lambda text: inner(text)
    _console.renew()
    print("through another's wrapper")
    assert [line for _, _, source, line in read(run).rows["console"] if source == "stdout"] == [
        "in the first cell", "in the next one", "through another's wrapper"
    ]  # fmt: skip


class _Stream:
    def __init__(self, write):
        self.write = write

    def flush(self):
        pass
