"""Runs in a bucket go on as those in a folder do: the same tests over a real S3 server, and what a bucket has besides."""

import pytest

import s3
from test_resume import (  # noqa: F401
    test_a_run_goes_on_from_another_machine_with_another_number_of_ranks,
    test_a_run_goes_on_goes_back_and_is_forked,
    test_a_run_killed_again_and_again_goes_on_behind_its_last_step,
    train,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = s3.Server(tmp_path_factory.mktemp("server") / "s3")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def place(place, server, monkeypatch):
    """A place whose root is a prefix of the bucket."""
    prefix = place.folder.name
    place.root = f"s3://{s3.BUCKET}/{prefix}"
    for name, value in server.variables().items():
        monkeypatch.setenv(name, value)

    def published():
        server.fetch(prefix, place.folder / "copy")
        return place.folder / "copy"

    place.published = published
    return place


def test_what_a_bucket_does_not_have_or_does_not_say_is_one_line(place, monkeypatch):
    begin = "import ostraka; ostraka.init('digits', **{})".format
    run = train(place, 3, 1.0, id="r")[0]
    for options, words in [
        ({"id": "other", "resume": "must"}, "There is no run digits/other in s3://"),
        ({"id": run, "resume": "never"}, 'exists already and resume is "never"'),
        ({"fork_from": "other?step=1"}, "There is no run digits/other in s3://"),
        ({"name": "nobody", "resume": "must"}, 'no run named "nobody"'),
    ]:
        code, out, err = place.python(begin(repr(options)))
        assert code == 1 and words in err.splitlines()[-1], err
    code, out, err = place.ostraka("rm", "--root", place.root, run)
    assert code == 0, err
    code, out, err = place.python(begin(repr({"rewind": f"{run}?step=1"})))
    assert code == 1 and "was deleted at" in err.splitlines()[-1]
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    code, out, err = place.python(begin(repr({"id": run, "resume": "allow"})))
    assert code == 1 and "the secret key does not fit" in err.splitlines()[-1]
    assert place.journals() == []


def test_a_run_is_found_by_its_name(place):
    run = train(place, 5, 1.0, name="the one")[0]
    train(place, 5, 1.0, name="another")
    found, first, resumed, _ = train(place, 5, 2.0, name="the one", resume="must")
    assert (found, first, resumed) == (run, 5, True)


def test_who_still_writes_is_named(place):
    other = place.start(
        "python3", "-c",
        "import ostraka, time; run = ostraka.init('digits', id='r', console=False); run.log({'loss': 1.0});"
        " print(run.flush(), flush=True); time.sleep(600)",
        OSTRAKA_SPOOL=place.folder / "machine-1",
    )  # fmt: skip
    assert other.stdout.readline() == "True\n"
    code, out, err = place.python("import ostraka; run = ostraka.init('digits', id='r', resume='must'); print(run.step)")
    assert code == 0 and out == "1\n", err
    (line,) = err.splitlines()
    assert f"continued while process {other.pid} on" in line and "seems to write to it still" in line
