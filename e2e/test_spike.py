"""One step that stands out of a million, asked of a real viewer at every width that a chart may have."""

import http.client
import json
import os
import struct

from commands import get, wait_until
import soak

POINTS = 1_000_000
WIDTHS = range(10, 4001)
SPIKE = 99.5

TRAIN = """
import math, sys, ostraka
points, spike = int(sys.argv[1]), int(sys.argv[2])
with ostraka.init("spikes", id="one", console=False, system=False, git=False) as run:
    for step in range(points):
        run.log({"loss": 99.5 if step == spike else math.sin(step)}, step=step)
"""


def ask(connection, path):
    """The body of an answer."""
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (path, body)
    return body


def columns(body):
    """The head of an answer in bins of one line, and its columns by name."""
    (size,) = struct.unpack_from("<I", body)
    head = json.loads(body[4 : 4 + size])
    (line,) = head["series"]
    kinds = {name: "f" for name in ("min", "max", "mean", "last")}
    found, at = {}, 4 + size
    for name in line["columns"]:
        found[name] = struct.unpack_from(f"<{line['bins']}{kinds.get(name, 'i')}", body, at)
        at += 4 * line["bins"]
    assert at == len(body)
    return head, found


def test_a_spike_of_one_step_in_a_million_is_in_the_answer_at_every_width(place):
    random = soak.seeded()
    spike = random.randrange(POINTS)
    code, _, err = place.python(TRAIN, POINTS, spike, timeout=300)
    assert code == 0, err
    wait_until(lambda: not place.journals(), "everything to be published", 120)
    _, address = place.view(place.root)
    (metric,) = get(address, "/api/v1/metrics?project=spikes&run=one")["metrics"]
    assert (metric["name"], metric["count"]) == ("loss", POINTS)
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    some = [WIDTHS[0], WIDTHS[-1], *random.sample(WIDTHS, 40)]
    for width in WIDTHS if os.environ.get("OSTRAKA_SOAK") else some:
        head, bins = columns(ask(connection, f"/api/v1/series?project=spikes&run=one&metric=loss&bins={width}"))
        assert len(bins["bin"]) <= width
        assert sum(bins["count"]) == POINTS
        at = bins["bin"].index(spike // head["width"])
        assert (bins["max"][at], bins["count"][at]) == (SPIKE, head["width"]), (spike, width)
        assert max(bins["max"][:at] + bins["max"][at + 1 :]) <= 1, (spike, width)
