"""``run.config`` and ``run.summary``: dictionaries whose changes go to the journal."""

from collections.abc import MutableMapping

from . import _json
from ._warn import say_once

_SECRET_WORDS = frozenset(
    ("password", "passwd", "secret", "secrets", "token", "credential", "credentials", "apikey")
)
_SECRET_PAIRS = frozenset((("api", "key"), ("access", "key"), ("private", "key")))
_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+"
HIDDEN = "***"


class Fields(MutableMapping):
    """A dictionary with text keys, also by attribute: ``run.config.lr`` is ``run.config["lr"]``.

    What is read is what was set. A value changed in place, a list appended to say, is stored when it
    is set again. None is stored as "not there". Safe for any number of threads.
    """

    def __init__(self, title, changed, values=()):
        """
        :param title: ``config`` or ``summary``
        :param changed: called with a dictionary of what to store, JSON only; None for what was removed
        :param values: what is in it from the start, without a call
        """
        self.__dict__["_title"] = title
        self.__dict__["_changed"] = changed
        self.__dict__["_values"] = dict(values)

    def __getitem__(self, key):
        return self._values[key]

    def __setitem__(self, key, value):
        self.update({key: value})

    def __delitem__(self, key):
        del self._values[key]
        self._changed({key: None})

    def __iter__(self):
        return iter(list(self._values))

    def __len__(self):
        return len(self._values)

    def __getattr__(self, name):
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"run.{self._title} has no {name!r}") from None

    def __setattr__(self, name, value):
        self.update({name: value})

    def __delattr__(self, name):
        try:
            del self[name]
        except KeyError:
            raise AttributeError(f"run.{self._title} has no {name!r}") from None

    def __dir__(self):
        return [*super().__dir__(), *(key for key in self._values if key.isidentifier())]

    def __repr__(self):
        return f"{self._title}({self._values!r})"

    def update(self, *others, **more):
        """Sets several values with one change of the card.

        :param others: dictionaries, ``argparse.Namespace`` or dataclass objects
        """
        new = {}
        for other in others:
            new.update(as_dictionary(other, self._title))
        new.update(more)
        self._values.update(new)
        if new:
            self._changed(storable(new, self._title))


def as_dictionary(given, title):
    """A dictionary with text keys of what people hand over as a configuration.

    :raises ValueError: if it is nothing of the kind
    """
    if given is None:
        return {}
    fields = getattr(given, "__dataclass_fields__", None)
    if fields is not None and not isinstance(given, type):
        return {name: getattr(given, name) for name in fields}
    if not hasattr(given, "keys") and hasattr(given, "__dict__") and not isinstance(given, type):
        given = {key: value for key, value in vars(given).items() if not key.startswith("_")}
    try:
        return {str(key): given[key] for key in given.keys()}
    except (AttributeError, TypeError):
        kind = type(given).__name__
        raise ValueError(f"{title} must be a dictionary, a namespace or a dataclass, not {kind}") from None


def storable(values, title):
    """The JSON form of values, with texts of secret keys hidden."""
    stored = {}
    for key, value in values.items():
        try:
            stored[key] = hide(_json.plain(value, lenient=True), key, title)
        except _json.NotJson as e:
            say_once((title, key), f"{title}[{key!r}] is stored as text: {e}")
            stored[key] = str(value)[:10_000]
    return stored


def hide(value, key, where):
    """A JSON value with each text whose key names a secret replaced by ``***``."""
    if isinstance(value, dict):
        return {name: hide(item, name, where) for name, item in value.items()}
    if isinstance(value, list):
        return [hide(item, key, where) for item in value]
    if isinstance(value, str) and value and is_secret(key):
        say_once(("secret", where, key), f"The value of {key!r} in {where} is stored as {HIDDEN}")
        return HIDDEN
    return value


def hide_arguments(arguments):
    """A command line with the values of secret options replaced by ``***``."""
    shown = []
    secret = False
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if secret and not argument.startswith("-"):
            shown.append(HIDDEN)
            secret = False
        elif equals and is_secret(name):
            shown.append(name + "=" + HIDDEN)
            secret = False
        else:
            shown.append(argument)
            secret = argument.startswith("-") and not equals and is_secret(name)
    if shown != list(arguments):
        say_once(("secret", "command"), f"A secret in the command line is stored as {HIDDEN}")
    return shown


def is_secret(key):
    """Whether a key has the name of a secret as a whole word: ``hf_token`` does, ``max_tokens`` not."""
    import re

    words = [word.lower() for word in re.findall(_WORD, key)]
    return any(word in _SECRET_WORDS for word in words) or any(
        pair in _SECRET_PAIRS for pair in zip(words, words[1:])
    )
