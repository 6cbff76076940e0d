"""Settings of a run: the argument, else the variable, else the default."""

import os
import time

from . import _names, _origin, _ranks, _root, _spool

_HEARTBEAT_SECONDS = 10
_FLUSH_SECONDS = 1.0
# A request of a bucket costs money; the drainer waits a tenth of it in a run's first minute.
_BUCKET_FLUSH_SECONDS = 10.0
_FLUSH_BYTES = 8 << 20
_BASE_32 = "abcdefghijklmnopqrstuvwxyz234567"


class Settings:
    """What ``init`` was told, made whole and checked.

    :raises ValueError: at construction, in one line, if something told makes no sense
    """

    def __init__(
        self,
        project=None,
        name=None,
        config=None,
        tags=None,
        group=None,
        job_type=None,
        notes=None,
        id=None,
        resume=None,
        resume_step=None,
        fork_from=None,
        rewind=None,
        root=None,
        rank=None,
        world_size=None,
        strict=False,
        console=True,
        system=True,
        git=True,
        flush_seconds=None,
        flush_bytes=None,
        spool=None,
        when_full="wait",
        nth_init=1,
    ):
        environ = os.environ
        self.project = _text("project", project, environ.get("OSTRAKA_PROJECT") or "default")
        _names.encode(self.project, "project name")
        self.rank, self.world_size = _ranks.find(rank, world_size, environ)
        shared = _ranks.shared_run_id(environ, self.world_size, nth_init)
        self.origin = _origin.Origin(resume, resume_step, fork_from, rewind)
        if id is not None and self.origin.run not in (None, id):
            raise ValueError(f"id is {id!r} and rewind names the run {self.origin.run!r}; leave out one of them")
        id = id if id is not None else self.origin.run
        given = id if id is not None else environ.get("OSTRAKA_RUN_ID") or shared
        self.has_shared_id = given is not None
        self.run = _text("id", given, None) if given is not None else new_run_id()
        _names.encode(self.run, "run id")
        self.given_name = _text("name", name, environ.get("OSTRAKA_NAME") or None)
        self.tags = None if tags is None else _tags(tags)
        self.group = _text("group", group, None)
        self.job_type = _text("job_type", job_type, None)
        self.notes = _text("notes", notes, None)
        self.root = _root.resolve(root if root is not None else environ.get("OSTRAKA_ROOT") or "ostraka-runs")
        self.config = config
        self.strict = bool(strict)
        self.console = bool(console)
        self.system = bool(system)
        self.git = bool(git)
        self.spool = spool if spool is not None else environ.get("OSTRAKA_SPOOL") or None
        limit = environ.get("OSTRAKA_SPOOL_LIMIT")
        self.spool_limit = _spool.parse_limit(limit) if limit else None
        if when_full not in ("wait", "drop"):
            raise ValueError(f'when_full is {when_full!r}; expected "wait" or "drop"')
        self.when_full = when_full
        # Ranks above 0 write fewer shards and cards, the more of them there are.
        share = max(1.0, self.world_size / 16) if self.rank > 0 else 1.0
        usual = _BUCKET_FLUSH_SECONDS if _root.is_bucket(self.root) else _FLUSH_SECONDS
        self.flush_seconds = share * _positive(
            "flush_seconds", flush_seconds, environ.get("OSTRAKA_FLUSH_SECONDS"), usual
        )
        self.flush_bytes = int(
            _positive("flush_bytes", flush_bytes, environ.get("OSTRAKA_FLUSH_BYTES"), _FLUSH_BYTES)
        )
        self.heartbeat_seconds = share * _positive(
            "OSTRAKA_HEARTBEAT_SECONDS", None, environ.get("OSTRAKA_HEARTBEAT_SECONDS"), _HEARTBEAT_SECONDS
        )


def is_disabled(mode):
    """Whether nothing is to be written at all.

    :raises ValueError: if the mode is none that this version knows
    """
    mode = mode if mode is not None else os.environ.get("OSTRAKA_MODE") or "on"
    if mode not in ("on", "disabled"):
        raise ValueError(f'mode is {mode!r}; expected "on" or "disabled" (OSTRAKA_MODE)')
    return mode == "disabled"


def new_run_id():
    """A run id: the time in UTC and 50 random bits of the operating system."""
    random = "".join(_BASE_32[byte % 32] for byte in os.urandom(10))
    return time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + random


def new_writer_id(rank):
    """A writer id of a rank."""
    return f"r{rank:06d}-{os.urandom(8).hex()}"


def _text(what, given, default):
    if given is None:
        return default
    if not isinstance(given, str):
        raise ValueError(f"{what} must be text, not {type(given).__name__}: {given!r:.60}")
    return given.encode("utf-8", "replace").decode("utf-8") if what not in ("project", "id") else given


def _tags(tags):
    if isinstance(tags, str):
        return [tags]
    try:
        listed = list(tags)
    except TypeError:
        raise ValueError(f"tags must be a list of texts, not {type(tags).__name__}") from None
    return [_text("a tag", tag, "") for tag in listed]


def _positive(what, given, variable, default):
    if given is None:
        given = variable or default
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = 0.0
    if not 0 < number < 1e15:
        raise ValueError(f"{what} is {given!r}; expected a number above 0")
    return number
