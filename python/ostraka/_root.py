"""The root: where it is, and the two things that the client itself makes in a folder, the writer's folder and its
first card. All else there is the drainer's, and in a bucket everything is: the client speaks to no network."""

import errno
import os
import re

from . import _json, _names

_BUCKET = "s3://"


def resolve(root):
    """The absolute path of a folder root, or the address of a bucket as ``s3://BUCKET/PREFIX``.

    :raises ValueError: if the root is of a kind that this version does not write
    """
    text = os.fspath(root)
    if isinstance(text, bytes):
        text = os.fsdecode(text)
    if text.startswith("file://"):
        text = _path_of(text)
    elif is_bucket(text):
        return _bucket(text)
    elif "://" in text:
        raise ValueError(f"The root {text} is neither a folder nor a bucket; name a folder or s3://BUCKET/PREFIX")
    if not text:
        raise ValueError("The root is empty; name a folder by root= or OSTRAKA_ROOT")
    if "\0" in text:
        raise ValueError(f"The root {text!r} holds a null character; leave it out")
    return os.path.abspath(text)


def is_bucket(root):
    """Whether a root that was resolved is a bucket."""
    return root.startswith(_BUCKET)


def uri(root):
    """The absolute ``file:`` or ``s3:`` URI of a root that was resolved, percent-encoded."""
    if is_bucket(root):
        return _BUCKET + _encoded(root[len(_BUCKET) :].encode("utf-8"))
    return "file://" + _encoded(os.fsencode(root))


def _encoded(path):
    safe = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/=!$&'()*+,;:@"
    return "".join(chr(c) if c in safe else f"%{c:02X}" for c in path)


def _bucket(text):
    name, _, prefix = text[len(_BUCKET) :].partition("/")
    prefix = prefix[:-1] if prefix.endswith("/") else prefix
    parts = prefix.split("/") if prefix else []
    whole = re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,253}", name) and not any(part in ("", ".", "..") for part in parts)
    if not whole or any(c in text for c in "?#%") or not text.isprintable():
        raise ValueError(f"The root {text!r} names no bucket; write s3://BUCKET/PREFIX")
    return "/".join([_BUCKET + name, *parts])


def begin(root, card):
    """Makes the writer's folder with its first card, both durable when this returns. In a bucket the drainer writes
    the first card, with the first rows at the latest.

    :param card: the first card; its project, run and writer name the folder
    :return: the writer's folder, None in a bucket
    :raises OSError: in one line, if the root cannot be written
    """
    if is_bucket(root):
        return None
    run = run_folder(root, card["project"], card["run"])
    try:
        _make_root(root)
        folder = root
        for part in (*os.path.relpath(run, root).split(os.sep), "writer=" + card["writer"]):
            folder = _make_folder(folder, part)
        _write_card(folder, _json.dumps(card))
        return folder
    except OSError as e:
        raise type(e)(f"Cannot write to the root {root}: {_why(e)}") from None


def abandon(folder):
    """Takes back what :func:`begin` made, for a run that could not begin after all."""
    if folder is None:
        return
    try:
        os.unlink(os.path.join(folder, "writer.json"))
        os.rmdir(folder)
        os.rmdir(os.path.dirname(folder))
    except OSError:
        pass  # others write to the same run


def project_folder(root, project):
    """Where the runs of a project are."""
    return os.path.join(root, "project=" + _names.encode(project, "project name"))


def run_folder(root, project, run):
    """Where the writers of a run are."""
    return os.path.join(project_folder(root, project), "run=" + _names.encode(run, "run id"))


def names(folder):
    """What is in a folder of the root; nothing if it is not there.

    :raises OSError: in one line, if it cannot be read
    """
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
    except OSError as e:
        raise type(e)(f"Cannot read {folder}: {_why(e)}") from None


def read_json(file):
    """The JSON object in a file of the root, or None if there is no such file or nothing of the kind in it.

    :raises OSError: in one line, if it cannot be read
    """
    import json

    try:
        with open(file, "rb") as opened:
            found = json.loads(opened.read().decode("utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    except OSError as e:
        raise type(e)(f"Cannot read {file}: {_why(e)}") from None
    return found if isinstance(found, dict) else None


def _make_root(root):
    missing = []
    folder = root
    while not os.path.lexists(folder):
        folder, name = os.path.split(folder)
        missing.append(name)
    if not os.path.isdir(folder):
        raise NotADirectoryError(errno.ENOTDIR, f"{folder} is a file and not a folder")
    for name in reversed(missing):
        folder = _make_folder(folder, name)


def _make_folder(parent, name):
    folder = os.path.join(parent, name)
    try:
        os.mkdir(folder)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise NotADirectoryError(errno.ENOTDIR, f"{folder} is a file and not a folder") from None
        _check_case(parent, name)
        return folder
    _sync(parent)
    return folder


def _check_case(parent, name):
    """On a file system that ignores case, two names that differ only in case would become one."""
    with os.scandir(parent) as entries:
        for entry in entries:
            if entry.name != name and entry.name.lower() == name.lower() and os.path.samefile(
                entry.path, os.path.join(parent, name)
            ):
                raise FileExistsError(
                    errno.EEXIST, f"{entry.path} exists, which differs from {name} only in case; use that name"
                )


def _write_card(folder, data):
    hidden = os.path.join(folder, ".writer.json")
    descriptor = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.rename(hidden, os.path.join(folder, "writer.json"))
    _sync(folder)


def _sync(folder):
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _why(error):
    hints = {
        errno.EACCES: "permission denied; choose a folder of your own by root= or OSTRAKA_ROOT",
        errno.EROFS: "it is read-only; choose another folder by root= or OSTRAKA_ROOT",
        errno.ENOSPC: "the disk is full; free some space or choose another folder by root= or OSTRAKA_ROOT",
        errno.EDQUOT: "the quota is used up; free some space or choose another folder by root= or OSTRAKA_ROOT",
    }
    return hints.get(error.errno, f"{error.strerror or error}; choose a folder by root= or OSTRAKA_ROOT")


def _path_of(text):
    rest = text[len("file://") :]
    if not rest.startswith("/"):
        raise ValueError(f"The root {text} names a host; expected file:///folder")
    pieces = rest.split("%")
    try:
        data = os.fsencode(pieces[0])
        for piece in pieces[1:]:
            data += bytes.fromhex(piece[:2]) + os.fsencode(piece[2:])
    except ValueError:
        raise ValueError(f"The root {text} is not a file URI") from None
    return os.fsdecode(data)
