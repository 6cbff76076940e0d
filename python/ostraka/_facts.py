"""What a run's card says about where it runs: host, Python, packages, command, git."""

import os
import sys

_ARGUMENT_CHARACTERS = 1000
_GIT_SECONDS = 10


def constant():
    """The fields of a card that are known at once and do not change."""
    system = os.uname()
    return {
        "host": system.nodename,
        "process_id": os.getpid(),
        "client": {"language": "python", "version": "0.1.0"},
        "python": {
            "version": sys.version.split()[0],
            "implementation": sys.implementation.name,
            "executable": sys.executable or "",
        },
        "machine": {
            "system": f"{system.sysname} {system.release}",
            "architecture": system.machine,
            "cpus": os.cpu_count() or 1,
        },
    }


def command():
    """The command line of this process."""
    arguments = getattr(sys, "orig_argv", None) or [sys.executable or "python", *sys.argv]
    return [argument[:_ARGUMENT_CHARACTERS] for argument in map(_clean, arguments)]


def boot_id():
    """Which boot of the machine this is; empty where it cannot be known."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def packages():
    """Versions of the packages that the program has imported so far."""
    found = {}
    for name, module in list(sys.modules.items()):
        if "." not in name and not name.startswith("_") and name not in _standard_library():
            version = getattr(module, "__dict__", {}).get("__version__")
            if isinstance(version, str) and len(version) <= 100:
                found[name] = version
    return dict(sorted(found.items()))


def git(folder):
    """Commit, branch, remote and dirtiness of the work tree that a folder lies in, or None.

    Takes as long as git does; for a thread of our own.
    """
    commit = _git(folder, "rev-parse", "HEAD")
    if not commit:
        return None
    found = {"commit": commit, "branch": _git(folder, "symbolic-ref", "--quiet", "--short", "HEAD")}
    remote = _git(folder, "config", "--get", "remote.origin.url")
    found["remote"] = without_credentials(remote) if remote else None
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    found["dirty"] = None if changes is None else bool(changes)
    return {key: value for key, value in found.items() if value is not None and value != ""}


def without_credentials(url):
    """A remote's address without user and password."""
    scheme, separator, rest = url.partition("://")
    if separator:
        host, slash, path = rest.partition("/")
        return scheme + separator + host.rpartition("@")[2] + slash + path
    host, colon, path = url.partition(":")
    return host.rpartition("@")[2] + colon + path if colon and "/" not in host else url


def _git(folder, *arguments):
    import subprocess

    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_GIT_SECONDS,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
        )
    except (OSError, subprocess.SubprocessError):
        return None  # no git here, or a work tree too large to ask
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def _standard_library():
    return getattr(sys, "stdlib_module_names", ("re", "json", "ctypes", "decimal", "logging", "csv", "argparse"))


def _clean(argument):
    return argument.encode("utf-8", "replace").decode("utf-8")
