"""The rules for names of projects, runs and metrics, and how the first two become folder names.

The same rules as ``io.ostraka.Names``; ``docs/golden/names.json`` holds vectors that both
languages' tests read.
"""

import os

KEY_LIMIT_BYTES = 200
METRIC_LIMIT_BYTES = 1024

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
_RESERVED = (".", "..", "__HIVE_DEFAULT_PARTITION__")


def encode(name, what="name"):
    """Encodes the name of a project or run as a folder name.

    :param what: how messages call it, for example ``project name``
    :raises ValueError: if no folder can have this name; the message says why in one line
    """
    if not isinstance(name, str):
        raise ValueError(f"The {what} must be text, not {type(name).__name__}: {name!r:.60}")
    normal = name
    if not name.isascii():
        import unicodedata

        normal = unicodedata.normalize("NFC", name)
    if not normal:
        raise ValueError(f"The {what} is empty; choose a name of at least one character")
    if normal in _RESERVED:
        raise ValueError(f'The {what} "{normal}" is reserved; choose another')
    if any(map(_is_control, normal)):
        raise ValueError(f'The {what} "{_visible(normal)}" holds a control character; leave it out')
    if any(map(_is_surrogate, normal)):
        raise ValueError(f'The {what} "{_visible(normal)}" holds half a surrogate pair; leave it out')
    encoded = "".join(map(_encode_character, normal))
    if encoded.endswith("."):
        encoded = encoded[:-1] + "%2E"
    size = len(encoded.encode("utf-8"))
    if size > KEY_LIMIT_BYTES:
        raise ValueError(
            f'The {what} "{_visible(normal)}" is {size} bytes long when encoded;'
            f" at most {KEY_LIMIT_BYTES} fit a file name"
        )
    return encoded


def decode(encoded):
    """The name that a folder stands for, or None if its name is not what :func:`encode` makes of any."""
    first, *rest = encoded.split("%")
    try:
        data = os.fsencode(first)
        for piece in rest:
            data += bytes.fromhex(piece[:2]) + os.fsencode(piece[2:])
        name = data.decode("utf-8")
        return name if encode(name) == encoded else None
    except ValueError:
        return None


def metric(name):
    """Checks the name of a metric and returns it with unpaired surrogates replaced by U+FFFD.

    :raises ValueError: if it is not text, empty, too long or holds a control character
    """
    if not isinstance(name, str):
        raise ValueError(f"the name of a metric must be text, not {type(name).__name__}")
    clean = str(name)
    if not clean.isascii() and any(map(_is_surrogate, clean)):
        clean = "".join("\ufffd" if _is_surrogate(c) else c for c in clean)
    if not clean:
        raise ValueError("the name of a metric is empty")
    size = len(clean.encode("utf-8"))
    if size > METRIC_LIMIT_BYTES:
        raise ValueError(f"the name is {size} bytes long; at most {METRIC_LIMIT_BYTES}")
    if any(map(_is_control, clean)):
        raise ValueError("the name holds a control character")
    return clean


def shown(name):
    """A name as it may stand in a message: one line, not too long."""
    return _visible(name) if isinstance(name, str) else repr(name)[:60]


def _encode_character(c):
    return c if c in _UNRESERVED or c >= "\x80" else f"%{ord(c):02X}"


def _is_control(c):
    return c < " " or "\x7f" <= c < "\xa0"


def _is_surrogate(c):
    return "\ud800" <= c <= "\udfff"


def _visible(text):
    if len(text) > 60:
        text = text[:57] + "..."
    return "".join(f"\\u{ord(c):04x}" if _is_control(c) or _is_surrogate(c) else c for c in text)
