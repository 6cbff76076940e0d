"""Eight ranks in processes of their own: the page shows which failed and which stalled, and when, while the others go on."""

import datetime
import re
import signal
import sys
import time

import pytest

from browser import Browser, Window
from commands import REPOSITORY, TRAINERS, get, wait_until

RANKS = 8
HEARTBEAT_SECONDS = 3
PICTURES = REPOSITORY / "build" / "page-pictures"


@pytest.fixture
def window(place):
    browser = Browser(place.folder / "browser")
    try:
        yield Window(browser)
    finally:
        browser.close()


def cells(window, state):
    """What the page says of each rank in a state, by rank."""
    labels = window.value(f"[...document.querySelectorAll('.rank-cell-{state}')].map((cell) => cell.getAttribute('aria-label'))")
    return {int(re.match(r"rank (\d+) of 8", label)[1]): label for label in labels}


def shows(window, state, *ranks):
    return lambda: sorted(cells(window, state)) == sorted(ranks)


def said_at(label):
    """The time in a rank's label, in seconds since the epoch."""
    text = re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", label)[0]
    return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").timestamp()


def last_steps(address):
    """How far the viewer shows each rank."""
    found = {}
    for writer in get(address, "/api/v1/runs?project=ranks")["runs"][0]["writers"]:
        points = get(address, f"/api/v1/points?project=ranks&run=job&metric=loss&writer={writer['writer']}&limit=100000")["points"]
        found[writer["rank"]] = points[-1]["step"]
    return found


def drawn_to(window):
    """Up to which step the chart on the page is drawn."""
    return float(window.value("document.querySelector('[aria-label=\"loss\"] [data-last]')?.dataset.last ?? -1"))


def test_the_page_shows_which_ranks_failed_or_stalled_and_when_while_the_others_go_on(place, window):
    _, address = place.view()
    variables = {"WORLD_SIZE": RANKS, "OSTRAKA_RUN_ID": "job", "OSTRAKA_HEARTBEAT_SECONDS": HEARTBEAT_SECONDS}
    ranks = [place.start(sys.executable, TRAINERS / "rank.py", RANK=rank, **variables) for rank in range(RANKS)]
    wait_until(lambda: any(place.root.glob("project=ranks/run=*/writer=*/metrics/*.parquet")), "a first point")
    window.open(f"{address}/?project=ranks&run=job&tab=charts&ranks=each")
    wait_until(shows(window, "running", *range(RANKS)), "eight ranks that run", 120)

    killed_at = time.time()
    for rank in (2, 5):
        ranks[rank].send_signal(signal.SIGKILL)
    wait_until(shows(window, "failed", 2, 5), "two failed ranks", 120)
    shown_after = time.time() - killed_at
    print(f"\nkilled: shown as failed after {shown_after:.1f} s")
    assert shown_after < 4 * HEARTBEAT_SECONDS
    for label in cells(window, "failed").values():
        assert "process died" in label
        assert -1.5 < said_at(label) - killed_at < 4 * HEARTBEAT_SECONDS

    stopped_at = time.time()
    ranks[6].send_signal(signal.SIGSTOP)
    try:
        drawn = drawn_to(window)
        before = last_steps(address)
        wait_until(shows(window, "stalled", 6), "a stalled rank", 120)
        shown_after = time.time() - stopped_at
        print(f"paused: shown as stalled after {shown_after:.1f} s, four heartbeats are {4 * HEARTBEAT_SECONDS} s")
        assert shown_after < 8 * HEARTBEAT_SECONDS
        assert -1.5 < said_at(cells(window, "stalled")[6]) - stopped_at < 8 * HEARTBEAT_SECONDS
        assert sorted(cells(window, "running")) == [0, 1, 3, 4, 7]
        wait_until(lambda: drawn_to(window) > drawn + 100, "the others' curves on the page")
        after = last_steps(address)
        assert all(after[rank] > before[rank] for rank in (0, 1, 3, 4, 7)), (before, after)
        assert after[2] == before[2] and after[5] == before[5]
        window.picture(PICTURES / "eight-ranks.png")
    finally:
        ranks[6].send_signal(signal.SIGCONT)
    wait_until(shows(window, "running", 0, 1, 3, 4, 6, 7), "the rank that goes on again", 120)
    wait_until(lambda: last_steps(address)[6] > after[6], "points of the rank that goes on again")
    assert get(address, "/api/v1/runs?project=ranks")["runs"][0]["state"] == "running"
