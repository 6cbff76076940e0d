"""Bad input by real commands: one clear line, nothing lost, and everything else goes on."""

import http.client
import json
import os
import shutil
import signal
import socket
import sys
from pathlib import Path

import pytest

from commands import OSTRAKA, get
import shards

LOG = """
import os, sys, ostraka
run = ostraka.init(project=os.environ.get("P", "p"), name=os.environ.get("N", "n"))
for step in range(100):
    run.log({"loss": 1 / (step + 1)}, step=step)
run.finish()
"""


def one_line(err):
    """The only line on standard error, which is no stack trace."""
    lines = [line for line in err.splitlines() if line.strip()]
    assert len(lines) == 1, err
    assert "\tat " not in err and "Traceback" not in err and "Exception" not in err
    return lines[0]


def points(place, project="p"):
    files = shards.live(place.root, project)
    return shards.query(f"SELECT count(*)::BIGINT AS n FROM {shards.table(files)}")[0]["n"] if files else 0


# --- the command line ---------------------------------------------------------------------------------------------------


def test_a_wrong_call_is_one_line_and_exit_code_2(place):
    for call in (["veiw"], ["view", "--prot", "1"], ["view", "--port", "many"], ["ls", "a", "b", "c"], []):
        code, _, err = place.ostraka(*call)
        assert code == 2, call
        assert "explains" in one_line(err)


def test_a_root_that_is_a_file_is_one_line_and_exit_code_1(place):
    place.root.write_text("a file")
    for call in (["view", place.root, "--no-browser"], ["ls", place.root]):
        code, _, err = place.ostraka(*call)
        assert code == 1
        assert str(place.root) in one_line(err)


def test_a_port_that_was_asked_for_and_is_taken_names_its_holder_and_a_free_one(place):
    place.root.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = place.ostraka("view", place.root, "--no-browser", "--port", port)
    assert code == 1
    line = one_line(err)
    assert f"Port {port} is taken" in line and str(os.getpid()) in line and "is free" in line


def test_two_views_at_once_take_two_ports(place):
    place.root.mkdir()
    first, first_address = place.view(place.root)
    second, second_address = place.view(place.root)
    assert first_address != second_address
    assert get(first_address, "/api/v1/server")["root"] == get(second_address, "/api/v1/server")["root"]
    for process in (first, second):
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        assert process.stderr.read().count("\n") <= 1, "Ctrl-C ends it quietly"


def test_the_viewer_gives_nothing_outside_and_refuses_foreign_hosts_and_origins(place):
    place.root.mkdir()
    _, address = place.view(place.root)
    host, port = address.removeprefix("http://").split(":")

    def status(path, method="GET", **headers):
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        connection.putrequest(method, path, skip_host=True)
        for name, value in {"Host": f"{host}:{port}", **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read()

    outside = ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/%252e%252e/etc/passwd",
               "/..\\..\\etc\\passwd", "//etc/passwd", "/assets/../../../etc/passwd", "/%c0%ae%c0%ae/etc/passwd")
    for path in outside:
        assert b"root:" not in status(path)[1], path
    assert status("/api/v1/server", Host="evil.example")[0] == 403
    assert status("/api/v1/server", Host="localhost:9999")[0] == 200, "the name counts, not the port"
    assert status("/api/v1/server", Origin="http://evil.example")[0] == 403
    assert status("/api/v1/server", method="POST", Origin="http://evil.example")[0] in (403, 405)


# --- roots with something wrong in them -----------------------------------------------------------------------------------


def test_a_cut_and_a_newer_shard_are_named_and_the_rest_is_shown(place):
    for name in ("good", "cut", "newer"):
        code, _, err = place.python(LOG, N=name)
        assert code == 0, err
    runs = {run["name"]: run["run"] for run in place.runs("p")["runs"]}
    cut = Path(next(file for file in shards.live(place.root, "p") if f"run={runs['cut']}/" in file))
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    newer = Path(next(file for file in shards.live(place.root, "p") if f"run={runs['newer']}/" in file))
    content = newer.read_bytes()
    at = content.index(b"ostraka.format")
    value = content.index(b"1", at + len(b"ostraka.format"))
    newer.write_bytes(content[:value] + b"9" + content[value + 1 :])
    (place.root / "project=p" / "notes.txt").write_text("a foreign file")
    (place.root / "project=p" / f"run={runs['good']}" / "somebody.parquet").write_text("another")

    listed = place.runs("p")
    assert len(listed["runs"]) == 3
    problems = {problem["key"]: problem["message"] for problem in listed["problems"]}
    assert len(problems) == 2
    assert any(cut.name in key and runs["cut"] in key for key in problems)
    (newer_message,) = [message for key, message in problems.items() if runs["newer"] in key]
    assert "format 9" in newer_message and "upgrade" in newer_message

    _, address = place.view(place.root)
    answer = get(address, "/api/v1/metrics?project=p")
    assert [metric["name"] for metric in answer["metrics"]] == ["loss"]
    assert len(get(address, "/api/v1/runs?project=p")["problems"]) == 2


# --- training scripts -----------------------------------------------------------------------------------------------------


def test_a_root_that_is_a_file_is_told_when_the_run_begins(place):
    place.root.write_text("a file")
    code, _, err = place.python(LOG)
    assert code == 1
    last = err.strip().splitlines()[-1]
    assert str(place.root) in last and "is a file" in last and "OSTRAKA_ROOT" in last


def test_a_root_that_goes_away_while_training_loses_nothing(place):
    away = place.folder / "away"
    code, _, err = place.python(
        "import os, sys, ostraka\n"
        "run = ostraka.init(project='p')\n"
        "run.log({'loss': 0.0}, step=0)\n"
        "assert run.flush()\n"
        "os.rename(sys.argv[1], sys.argv[2])\n"
        "for step in range(1, 100):\n"
        "    run.log({'loss': 1.0}, step=step)\n"
        "assert run.flush(timeout=2) is False\n"
        "os.rename(sys.argv[2], sys.argv[1])\n"
        "assert run.finish() is not False\n",
        place.root,
        away,
    )
    assert code == 0, err
    assert points(place) == 100


def test_without_java_the_journals_wait_for_publish_which_is_said_once(place):
    bare = place.folder / "bin"
    bare.mkdir()
    for tool in ("sh", "uname", "readlink", "find", "sort", "tr", "xargs", "sha256sum", "sed", "head", "env"):
        if shutil.which(tool):
            (bare / tool).symlink_to(shutil.which(tool))
    code, _, err = place.python(LOG, PATH=str(bare), JAVA_HOME=None, OSTRAKA_JAVA=None)
    assert code == 0, err
    # Once at the start, and once more at the end with how much is left.
    assert err.count("The agent does not run here") == 1 and err.count(" publish --spool ") == 2, err
    assert points(place) == 0
    code, out, err = place.ostraka("publish")
    assert code == 0, err
    assert points(place) == 100


@pytest.mark.parametrize("name", ["a b", "50%", "übung 🙂", "a/b", "a\\b", "Ärger.", ".hidden", "2024", "'; DROP--"])
def test_odd_project_names_are_kept_as_they_are(place, name):
    code, _, err = place.python(LOG, P=name)
    assert code == 0, err
    code, out, err = place.ostraka("ls", place.root, "--json")
    assert code == 0, err
    assert [project["name"] for project in json.loads(out)["projects"]] == [name]
    assert place.runs(name)["runs"][0]["state"] == "finished"


@pytest.mark.parametrize("name", ["", "..", ".", "x" * 300, "a\nb"])
def test_names_that_cannot_be_are_refused_in_one_line(place, name):
    code, _, err = place.python(
        "import os, ostraka\n"
        "try:\n"
        "    ostraka.init(project=os.environ['P'] or '')\n"
        "except ValueError as wrong:\n"
        "    print('refused:', wrong)\n",
        P=name,
    )
    assert code == 0, err


def test_values_that_are_no_numbers_are_named_once_and_the_rest_is_logged(place):
    code, _, err = place.python(
        "import ostraka\n"
        "run = ostraka.init(project='p')\n"
        "for step in range(10):\n"
        "    run.log({'loss': step, 'odd': object()}, step=step)\n"
        "run.finish()\n"
    )
    assert code == 0, err
    assert err.count("odd") == 1, err
    assert points(place) == 10


def test_without_git_and_without_a_home_folder_runs_are_logged(place):
    java = place.folder / "bin"
    java.mkdir()
    for tool in os.listdir("/usr/bin"):
        if tool != "git" and os.access(f"/usr/bin/{tool}", os.X_OK):
            (java / tool).symlink_to(f"/usr/bin/{tool}")
    code, _, err = place.python(LOG, HOME=None, PATH=f"{java}:{Path(sys.executable).parent}")
    assert code == 0, err
    assert points(place) == 100


def test_the_launcher_works_through_a_symbolic_link_and_in_a_folder_with_a_space(place):
    folder = place.folder / "a folder"
    folder.mkdir()
    link = folder / "ostraka"
    link.symlink_to(OSTRAKA)
    code, out, err = place.run(link, "version")
    assert code == 0, err
    assert out.startswith("ostraka ")
