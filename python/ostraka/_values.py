"""What people log, sorted into numbers, texts, and what cannot be logged."""

import struct

from . import _json, _names
from ._segment import STEP_LIMIT

_NESTED_LIMIT = 20


class Sorted:
    """One call's values: names with numbers, names with texts, and complaints (key, type, why)."""

    __slots__ = ("names", "numbers", "texts", "complaints")

    def __init__(self):
        self.names = []
        self.numbers = []
        self.texts = []
        self.complaints = []


def sort(data):
    """Sorts a dictionary; a nested one becomes names with ``/``."""
    found = Sorted()
    _sort_into(found, "", data, 0)
    return found


def _sort_into(found, prefix, data, depth):
    for key, value in data.items():
        try:
            if not isinstance(key, str):
                raise ValueError(f"the name of a metric must be text, not {type(key).__name__}")
            name = _names.metric(prefix + key)
            if isinstance(value, dict):
                if depth == _NESTED_LIMIT:
                    raise ValueError(f"nested more than {_NESTED_LIMIT} deep")
                _sort_into(found, name + "/", value, depth + 1)
                continue
            text = as_text(value)
            if text is not None:
                found.texts.append((name, text))
            else:
                found.numbers.append(as_number(value))
                found.names.append(name)
        except ValueError as e:
            shown = _names.shown(prefix + key if isinstance(key, str) else key)
            found.complaints.append((shown, type(value).__name__, str(e)))


def as_number(value):
    """A number as a double: what Python, NumPy or a tensor library can make one of.

    :raises ValueError: if it is none; the message says why
    """
    if value is None:
        raise ValueError("None is no value")
    if getattr(value, "shape", ()) not in ((), (1,)):
        raise ValueError(f"an array of shape {tuple(value.shape)} is no number; log one of its values or a mean")
    try:
        return struct.unpack("<d", struct.pack("<d", value))[0]
    except OverflowError:
        raise ValueError("the number is too large for a double") from None
    except Exception:  # a value's own __float__ may raise anything
        pass
    try:
        return float(value.item())  # an array of one value, a tensor that float() does not take
    except Exception:
        raise ValueError("it is no number, text, list or dictionary") from None


def as_text(value):
    """The text that a string or a list is stored as, or None if it is neither.

    :raises ValueError: if a list has no JSON form
    """
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        try:
            return _json.dumps(_json.plain(value)).decode("utf-8")
        except _json.NotJson as e:
            raise ValueError(f"it has no JSON form: {e}") from None
    return None


def as_step(step):
    """A step as an int.

    :raises ValueError: if it is no whole number within ±2^53
    """
    if isinstance(step, float) and step.is_integer():
        whole = int(step)
    else:
        try:
            whole = step.__index__()
        except Exception:  # also a tensor's own error
            try:
                number = float(step.item())
                whole = int(number)
                if whole != number:
                    raise ValueError
            except Exception:
                raise ValueError(f"the step {step!r:.60} is no whole number") from None
    if not -STEP_LIMIT <= whole <= STEP_LIMIT:
        raise ValueError(f"the step {whole} is outside -2^53 to 2^53")
    return whole
