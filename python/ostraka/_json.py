"""Strict JSON from whatever people put into a config, a summary or a logged value."""

import math


class NotJson(Exception):
    """A value that has no JSON form; the message says which and why, in a few words."""


def plain(value, depth=0, lenient=False):
    """A copy of a value made of dict, list, str, int, float, bool and None alone.

    Non-finite numbers become the texts ``NaN``, ``Infinity`` and ``-Infinity``; NumPy scalars and
    small arrays become numbers and lists; keys become text.

    :param lenient: take ``str(value)`` of what is not known, as a config does
    :raises NotJson: if the value, or one inside it, has no JSON form
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _number(float(value))
    if depth > 100:
        raise NotJson("nested more than 100 deep")
    if isinstance(value, dict):
        return {str(k): plain(v, depth + 1, lenient) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v, depth + 1, lenient) for v in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(v, depth + 1, lenient) for v in value), key=str)
    converted = _from_array(value)
    if converted is not value:
        return plain(converted, depth + 1, lenient)
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is not None and not isinstance(value, type):
        return {name: plain(getattr(value, name), depth + 1, lenient) for name in fields}
    if lenient:
        return plain(str(value), depth + 1)
    raise NotJson(f"holds a {type(value).__name__}")


def dumps(value):
    """JSON in UTF-8 of what :func:`plain` made."""
    import json

    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _number(value):
    if math.isfinite(value):
        return value
    if value != value:
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _from_array(value):
    """What a NumPy scalar, a small array or a tensor holds; anything else as it is."""
    if isinstance(value, type) or not hasattr(value, "tolist") or not hasattr(value, "dtype"):
        return value
    size = 1
    for extent in getattr(value, "shape", ()):
        size *= extent
    if size > 10_000:
        raise NotJson(f"holds an array of {size} values, more than 10000")
    converted = value.tolist()
    return str(converted) if type(converted) is type(value) or isinstance(converted, complex) else converted
