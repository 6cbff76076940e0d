"""What is wrong with a bucket, or with what stands before it, is one line, and what waits in the spool stays there until it is right."""

import contextlib
import datetime
import http.server
import json
import threading

import pytest

import s3
import shards

LOGS = """
import ostraka
run = ostraka.init(project="waits", id="r", console=False, system=False, git=False)
for i in range(1000):
    run.log({"i": i}, step=i)
run.finish(timeout=0)
print(run.writer)
"""
LOG_IN = "<html><body>Please log in</body></html>"


def error(code):
    """An answer as S3 servers give it."""
    return f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>As the test wants it</Message></Error>'


def in_twenty_minutes():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=20)).strftime("%a, %d %b %Y %H:%M:%S GMT")


@contextlib.contextmanager
def stands_between(status, body, headers=()):
    """Something on the way that answers every request the same, whatever the server would say."""

    class Answers(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sent = dict(headers)
            self.send_response_only(status)
            self.send_header("Date", sent.pop("Date", None) or self.date_time_string())
            for name, value in {"Content-Type": "application/xml", **sent}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body.encode())

        do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = answer

        def log_message(self, *_):
            pass

    class Between(http.server.ThreadingHTTPServer):
        def handle_error(self, *_):
            """A client that has heard enough hangs up."""

    between = Between(("127.0.0.1", 0), Answers)
    threading.Thread(target=between.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{between.server_port}"
    finally:
        between.shutdown()
        between.server_close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = s3.Server(tmp_path_factory.mktemp("server") / "s3")
    server.start()
    yield server
    server.stop()


class Waiting:
    """A run whose journal waits, since no agent can start where it was logged."""

    def __init__(self, place, server):
        self.place, self.server = place, server
        self.root = f"s3://{s3.BUCKET}/{place.folder.name}"
        self.variables = {"OSTRAKA_ROOT": self.root, **server.variables()}

    def log(self, root=None):
        code, out, err = self.place.python(
            LOGS, **{**self.variables, "OSTRAKA_ROOT": root or self.root, "OSTRAKA_COMMAND": "/bin/false"}
        )
        assert code == 0, err
        self.writer = out.strip()
        self.bytes = self.in_spool()

    def in_spool(self):
        return {name: (self.place.spool / name).read_bytes().rstrip(b"\0") for name in self.place.journals()}

    def cannot_be_published(self, words, **changes):
        code, out, err = self.place.ostraka("publish", **{**self.variables, **changes})
        said = [line for line in (out + err).splitlines() if words in line]
        assert code == 1 and said, f"exit code {code}, without the words {words!r}:\n{out}\n{err}"
        assert "Exception" not in err and "\tat " not in err and len(said[0]) < 600
        assert self.bytes and self.in_spool() == self.bytes
        print(f"\n  {said[0].strip()}")

    def is_published(self):
        code, out, err = self.place.ostraka("publish", **self.variables)
        assert code == 0 and self.place.journals() == [], out + err
        self.server.fetch(self.place.folder.name, self.place.folder / "copy")
        files = shards.live(self.place.folder / "copy", "waits")
        (row,) = shards.query(f"SELECT count(*)::BIGINT AS n, count(DISTINCT step)::BIGINT AS steps FROM {shards.table(files)}")
        assert row == {"n": 1000, "steps": 1000}


@pytest.fixture
def waiting(place, server):
    return Waiting(place, server)


def test_nothing_that_waits_is_dropped_whatever_is_wrong(waiting):
    waiting.log()
    for words, changes in [
        ("the secret key does not fit", {"AWS_SECRET_ACCESS_KEY": "wrong"}),
        ("the access key is not known", {"AWS_ACCESS_KEY_ID": "nobody"}),
        ("nothing answers at http://127.0.0.1:1", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}),
        ("no server is known by the name", {"AWS_ENDPOINT_URL": "http://no-such-host.invalid"}),
        ("no permission to put it (s3:PutObject)", s3.READER),
        ("no permission to", {"OSTRAKA_S3_ANONYMOUS": "1"}),
        ("found no credentials", {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_EC2_METADATA_DISABLED": "true"}),
    ]:
        waiting.cannot_be_published(words, **changes)
    for words, answer in [
        ("answers, but not as an S3 server does", (200, LOG_IN, {"Content-Type": "text/html"})),
        ("in eu-west-1; set AWS_REGION=eu-west-1", (301, error("PermanentRedirect"), {"x-amz-bucket-region": "eu-west-1"})),
        ("the session's token has expired; log in again", (400, error("ExpiredToken"))),
        ("set this machine's clock", (403, error("RequestTimeTooSkewed"), {"Date": in_twenty_minutes()})),
        ("refuses an object of this size", (413, "<html>413</html>")),
    ]:
        with stands_between(*answer) as address:
            waiting.cannot_be_published(words, AWS_ENDPOINT_URL=address)
    waiting.is_published()


def test_a_bucket_that_is_not_there_yet_gets_its_rows_when_it_is(waiting):
    waiting.log("s3://not-there-yet/x")
    waiting.cannot_be_published("there is no bucket not-there-yet")
    waiting.server.rclone("mkdir", waiting.server.remote.rsplit(":", 1)[0] + ":not-there-yet")
    code, out, err = waiting.place.ostraka("publish", **waiting.variables)
    assert code == 0 and waiting.place.journals() == [], out + err


def test_a_name_that_holds_something_else_is_said_and_never_replaced(waiting, place):
    waiting.log()
    key = f"{place.folder.name}/project=waits/run=r/writer={waiting.writer}/metrics/000000000000-000000000999.parquet"
    other = place.folder / "other"
    other.write_text("no shard at all")
    waiting.server.rclone("copyto", other, f"{waiting.server.remote}/{key}")
    waiting.cannot_be_published("000000000000-000000000999.parquet")
    waiting.server.rclone("copyto", f"{waiting.server.remote}/{key}", place.folder / "still")
    assert (place.folder / "still").read_text() == "no shard at all"
    waiting.server.rclone("deletefile", f"{waiting.server.remote}/{key}")
    waiting.is_published()


def test_who_may_only_read_is_told_so_by_every_command_that_writes(place, server):
    where = {"OSTRAKA_ROOT": f"s3://{s3.BUCKET}/read", **server.variables()}
    code, _, err = place.python("import ostraka\nwith ostraka.init('p', id='r') as run: run.log({'loss': 1.0})", **where)
    assert code == 0, err
    where.update(s3.READER)
    code, out, err = place.ostraka("ls", where["OSTRAKA_ROOT"], "p", "--json", **where)
    assert code == 0 and [run["run"] for run in json.loads(out)["runs"]] == ["r"], err
    for command in (["rename", "r", "other"], ["tag", "r", "+good"], ["note", "r", "text"], ["rm", "r"]):
        code, out, err = place.ostraka(*command, **where)
        lines = [line for line in err.splitlines() if not line.startswith("Asked the bucket")]
        assert code == 1 and len(lines) == 1 and "no permission to put it (s3:PutObject)" in lines[0], f"{command}: {out}{err}"
