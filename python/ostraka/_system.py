"""Samples of the machine: processor, memory, disk, network and graphics cards.

From Linux's ``/proc`` and the vendors' own tools; what is not there is left out.
"""

import os
import time

_TOOL_SECONDS = 5
_SECTOR_BYTES = 512


class Sampler:
    """Takes samples, one after the other; rates are over the time since the one before."""

    def __init__(self, folder):
        """
        :param folder: whose disk is looked at
        """
        self._folder = folder
        self._before = {}
        self._before_at = None
        self._ticks = os.sysconf("SC_CLK_TCK")
        self._page_bytes = os.sysconf("SC_PAGE_SIZE")
        self._cards = [_nvidia, _amd]

    def sample(self):
        """Names with numbers. The first sample has no rates."""
        values = {}
        now = time.monotonic()
        totals = {}
        for part in (self._processor, self._memory, self._disk, self._network):
            try:
                part(values, totals)
            except (OSError, ValueError, IndexError):
                pass  # not this kernel
        self._rates(values, totals, now)
        for card in list(self._cards):
            try:
                card(values)
            except (OSError, ValueError):
                self._cards.remove(card)  # no such tool, or one that answers something else
        return values

    def _rates(self, values, totals, now):
        before, since = self._before, now - (self._before_at or now)
        if since > 0:
            busy = totals["busy"] - before["busy"] if "busy" in totals and "busy" in before else None
            every = totals.get("ticks", 0) - before.get("ticks", 0)
            if busy is not None and every > 0:
                values["cpu/percent"] = 100.0 * busy / every
            if "process" in totals and "process" in before:
                used = (totals["process"] - before["process"]) / self._ticks
                values["cpu/process_percent"] = 100.0 * used / since
            for name in ("disk/read", "disk/written", "network/received", "network/sent"):
                if name in totals and name in before:
                    values[name + "_bytes_per_second"] = max(0.0, (totals[name] - before[name]) / since)
        self._before, self._before_at = totals, now

    def _processor(self, values, totals):
        ticks = [int(number) for number in _lines("/proc/stat")[0].split()[1:9]]
        totals["ticks"] = sum(ticks)
        totals["busy"] = sum(ticks) - ticks[3] - ticks[4]  # idle, waiting for a disk
        own = _lines("/proc/self/stat")[0].rpartition(")")[2].split()
        totals["process"] = int(own[11]) + int(own[12])

    def _memory(self, values, totals):
        sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in _lines("/proc/meminfo")}
        used = sizes["MemTotal"] - sizes.get("MemAvailable", sizes["MemFree"])
        values["memory/used_bytes"] = used
        values["memory/percent"] = 100.0 * used / sizes["MemTotal"]
        values["memory/process_bytes"] = int(_lines("/proc/self/statm")[0].split()[1]) * self._page_bytes

    def _disk(self, values, totals):
        disk = os.statvfs(self._folder)
        values["disk/percent"] = 100.0 * (1 - disk.f_bavail / disk.f_blocks)
        values["disk/free_bytes"] = disk.f_bavail * disk.f_frsize
        read = written = 0
        for line in _lines("/proc/diskstats"):
            fields = line.split()
            if os.path.exists(f"/sys/block/{fields[2]}/device"):  # a disk, and no part or layer of one
                read += int(fields[5])
                written += int(fields[9])
        totals["disk/read"] = read * _SECTOR_BYTES
        totals["disk/written"] = written * _SECTOR_BYTES

    def _network(self, values, totals):
        received = sent = 0
        for line in _lines("/proc/net/dev")[2:]:
            name, _, numbers = line.partition(":")
            if name.strip() != "lo":
                fields = numbers.split()
                received += int(fields[0])
                sent += int(fields[8])
        totals["network/received"] = received
        totals["network/sent"] = sent


def _nvidia(values):
    """NVIDIA's cards, by its own tool."""
    asked = "index,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw"
    for line in _output("nvidia-smi", f"--query-gpu={asked}", "--format=csv,noheader,nounits").splitlines():
        index, busy, used, total, heat, power = (field.strip() for field in line.split(","))
        card = f"gpu/{int(index)}/"
        _put(values, card + "percent", busy)
        _put(values, card + "memory_used_bytes", used, 1 << 20)
        _put(values, card + "temperature_celsius", heat)
        _put(values, card + "power_watts", power)
        if _is_number(used) and _is_number(total) and float(total) > 0:
            values[card + "memory_percent"] = 100.0 * float(used) / float(total)


def _amd(values):
    """AMD's cards, by its own tool."""
    import json

    told = json.loads(_output("rocm-smi", "--showuse", "--showmemuse", "--showtemp", "--showpower", "--json"))
    for name, fields in told.items():
        if not name.startswith("card"):
            continue
        card = f"gpu/{int(name[4:])}/"
        for key, value in fields.items():
            if key == "GPU use (%)":
                _put(values, card + "percent", value)
            elif key in ("GPU memory use (%)", "GPU Memory Allocated (VRAM%)"):
                _put(values, card + "memory_percent", value)
            elif key.startswith("Temperature (Sensor edge)"):
                _put(values, card + "temperature_celsius", value)
            elif "Power" in key and key.endswith("(W)"):
                _put(values, card + "power_watts", value)


def _put(values, name, text, unit=1):
    if _is_number(text):
        values[name] = float(text) * unit


def _is_number(text):
    try:
        return float(text) == float(text)
    except (TypeError, ValueError):
        return False


def _output(*command):
    import shutil
    import subprocess

    if shutil.which(command[0]) is None:
        raise FileNotFoundError(command[0])
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_TOOL_SECONDS
        )
    except subprocess.SubprocessError as e:
        raise ValueError(str(e)) from None
    if done.returncode != 0:
        raise ValueError(f"{command[0]} ended with {done.returncode}")
    return done.stdout.decode("utf-8", "replace")


def _lines(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()
