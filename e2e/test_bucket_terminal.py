"""show, diff, top and export over a bucket say what they say over a folder with the same runs, and what is wrong in one line."""

import csv
import io
import json

import pytest

import s3

ROOT = f"s3://{s3.BUCKET}/team/one"
# Of the store's clock: when a copy of a writer was last written.
OF_THE_STORE = {"heartbeat_at", "last_activity"}


@pytest.fixture(scope="module")
def bucket(asked, tmp_path_factory):
    """The variables by which the runs of `asked` are reached in a bucket too."""
    server = s3.Server(tmp_path_factory.mktemp("server") / "s3")
    server.start()
    try:
        variables = {**server.variables(), "OSTRAKA_CACHE": tmp_path_factory.mktemp("cache")}
        code, _, err = asked.ostraka("sync", asked.root, ROOT, **variables)
        assert code == 0, err
        yield variables
    finally:
        server.stop()


def both(asked, bucket, command, *arguments):
    """What a command prints of the folder and of the bucket."""
    answers = []
    for root, variables in ((asked.root, {}), (ROOT, bucket)):
        code, out, err = asked.ostraka(command, "--root", root, *arguments, **variables)
        assert code == 0, err
        answers.append(out)
    return answers


def without(value, keys):
    if isinstance(value, dict):
        return {key: without(one, keys) for key, one in value.items() if key not in keys}
    return [without(one, keys) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "command",
    [
        ("show", "sweep-3", "--metric", "train/loss"),
        ("diff", "sweep-0", "digits/lr-0.1", "forked"),
        ("top", "val/accuracy"),
        ("top", "val/loss", "--project", "digits", "--format", "json"),
        ("export",),
        ("export", "--shape", "wide", "--run", "ranks", "--run", "resumed", "--format", "jsonl"),
        ("export", "--what", "texts"),
        ("export", "--what", "console", "--filter", "tag : baseline"),
    ],
    ids=" ".join,
)
def test_a_command_prints_the_same_of_a_bucket_as_of_a_folder(asked, bucket, command):
    folder, away = both(asked, bucket, *command)
    assert folder == away and len(folder.splitlines()) > 1


def test_what_differs_is_only_when_the_store_heard_of_a_writer(asked, bucket):
    shown = [without(json.loads(out), OF_THE_STORE) for out in both(asked, bucket, "show", "resumed", "--format", "json")]
    assert shown[0] == shown[1] and len(shown[0]["writers"]) == 2
    runs = [without(list(csv.DictReader(io.StringIO(out))), OF_THE_STORE) for out in both(asked, bucket, "export", "--what", "runs")]
    assert runs[0] == runs[1] and len(runs[0]) == 7
    parquet = asked.folder / "bucket.parquet"
    code, said, err = asked.ostraka("export", ROOT, "-o", parquet, **bucket)
    assert code == 0 and said.startswith("Wrote ") and parquet.stat().st_size > 0, err


@pytest.mark.parametrize(
    "command, words",
    [
        (("show", "sweep-9"), ['no run "sweep-9"', "sweep-"]),
        (("show", "sweep-1", "--metric", "train/los"), ["train/los", "train/loss"]),
        (("diff", "sweep-0", "forkd"), ["forkd", "forked"]),
        (("top", "val/acuracy"), ["val/acuracy", "val/accuracy"]),
        (("export", "--metric", "val/los"), ["--metric val/los", "val/loss"]),
        (("export", "--run", "letters/sweep-0"), ["letters"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_name_that_is_not_in_the_bucket_is_one_line_with_what_comes_near(asked, bucket, command, words):
    refused(asked, (command[0], "--root", ROOT, *command[1:]), words, bucket)


@pytest.mark.parametrize("command", [("show", "sweep-0"), ("diff", "sweep-0", "forked"), ("top", "val/loss"), ("export",)], ids=" ".join)
@pytest.mark.parametrize(
    "root, changes, words",
    [
        ("s3://nowhere/team", {}, ["no bucket nowhere"]),
        (ROOT, {"AWS_SECRET_ACCESS_KEY": "wrong"}, ["the secret key does not fit the access key"]),
    ],
    ids=["no bucket", "wrong key"],
)
def test_a_bucket_that_cannot_be_read_is_one_line(asked, bucket, command, root, changes, words):
    refused(asked, (command[0], "--root", root, *command[1:]), words, {**bucket, **changes})


def refused(asked, command, words, variables):
    code, out, err = asked.ostraka(*command, **variables)
    lines = [line for line in err.splitlines() if not line.startswith("Asked the bucket by ")]
    assert code in (1, 2) and out == "" and len(lines) == 1 and lines[0].startswith("ostraka: "), (code, out, err)
    assert all(word in lines[0] for word in words), err
