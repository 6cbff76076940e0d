"""Writes the golden vectors of smoothing and of largest triangles, by NumPy and SciPy alone.

    python3 query/src/test/golden/smooth.py query/src/test/resources/io/ostraka/query/smoothing.json

Made with NumPy 2.3.5 and SciPy 1.17.1. Each case has its input, how it is smoothed, and what comes out.
"""

import json
import sys

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import savgol_filter


def ema(x, y, weight):
    """The mean of all values so far, each weighing `weight` times the next, written out as a sum."""
    out = []
    for n in range(len(y)):
        weights = weight ** np.arange(n, -1, -1.0)
        out.append(np.dot(weights, y[: n + 1]) / weights.sum())
    return np.array(out)


def tema(x, y, half_life):
    out = []
    for n in range(len(y)):
        weights = 0.5 ** ((x[n] - x[: n + 1]) / half_life)
        out.append(np.dot(weights, y[: n + 1]) / weights.sum())
    return np.array(out)


def windows(y, window):
    half = int(window) // 2
    return [y[max(0, n - half) : n + half + 1] for n in range(len(y))]


def mean(x, y, window):
    return np.array([w.mean() for w in windows(y, window)])


def median(x, y, window):
    return np.array([np.median(w) for w in windows(y, window)])


def gauss(x, y, sigma):
    """SciPy with zeros outside, divided by what it makes of ones: the weights inside sum up to 1."""
    ones = gaussian_filter1d(np.ones_like(y), sigma, mode="constant", cval=0.0, truncate=4.0)
    return gaussian_filter1d(y, sigma, mode="constant", cval=0.0, truncate=4.0) / ones


def savgol(x, y, window, order):
    """Small windows and orders only, since SciPy fits plain powers, which lose digits as both grow.

    Of values about 1 and against exact fractions, SciPy 1.17.1 is off by 2e-13 in the middle of (51, 5), 8e-12 of (51, 7),
    8e-4 of (51, 10) and 0.1 of (1001, 5).
    """
    if len(y) >= window:
        return savgol_filter(y, int(window), int(order), mode="interp")
    place = np.arange(len(y))
    return np.polyval(np.polyfit(place, y, min(int(order), len(y) - 1)), place)


def lttb(x, y, wanted):
    """Which points largest triangle, three buckets takes (Steinarsson 2013, figure 4.2)."""
    size = (len(y) - 2) / (wanted - 2)
    chosen = [0]
    for group in range(wanted - 2):
        begin, end = 1 + int(group * size), 1 + int((group + 1) * size)
        after = slice(end, max(end + 1, min(len(y), 1 + int((group + 2) * size))))
        before = chosen[-1]
        ax, ay, cx, cy = x[before], y[before], x[after].mean(), y[after].mean()
        own = np.arange(begin, end)
        chosen.append(int(own[np.argmax(np.abs((ax - cx) * (y[own] - ay) - (ax - x[own]) * (cy - ay)))]))
    return chosen + [len(y) - 1]


def inputs():
    random = np.random.default_rng(20261121)
    steps = np.cumsum(random.integers(1, 50, 200)).astype(float)
    noise = np.exp(-np.arange(200) / 50) + random.normal(0, 0.2, 200)
    yield "noise", steps, noise
    yield "large and small", np.arange(150.0), random.normal(0, 1, 150) * 10.0 ** random.integers(-6, 7, 150)
    yield "a spike", np.arange(101.0), np.where(np.arange(101) == 50, 1e6, 1.0)
    yield "repeated places", np.repeat(np.arange(40.0), 3), random.normal(5, 2, 120)
    yield "two", np.array([3.0, 8.0]), np.array([2.0, -1.0])
    yield "one", np.array([-7.0]), np.array([0.1])
    holes = noise[:120].copy()
    holes[[0, 17, 18, 119]] = [np.nan, np.inf, np.nan, -np.inf]
    yield "not finite", steps[:120], holes


KINDS = {
    ema: [[0.0], [0.6], [0.99]],
    tema: [[3.0], [250.0]],
    mean: [[1], [5], [51]],
    gauss: [[0.7], [3.0], [40.0]],
    savgol: [[5, 2], [21, 3], [51, 5]],
    median: [[1], [7], [41]],
}


def texts(values):
    """As Java's Double.parseDouble takes them; repr reads back the same number."""
    return [{"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(float(v)), repr(float(v))) for v in values]


def main(path):
    cases = []
    for name, x, y in inputs():
        finite = np.isfinite(y)
        for kind, settings in KINDS.items():
            for numbers in settings:
                smooth = kind.__name__ + ":" + ",".join(f"{n:g}" for n in numbers)
                out = y.copy()
                out[finite] = kind(x[finite], y[finite], *numbers)
                cases.append({"input": name, "smooth": smooth, "output": texts(out)})
    triangles = []
    for name, x, y in inputs():
        for wanted in (3, 10, 50):
            if len(y) > wanted and np.isfinite(y).all():
                triangles.append({"input": name, "wanted": wanted, "chosen": lttb(x, y, wanted)})
    golden = {
        "inputs": {name: {"x": texts(x), "y": texts(y)} for name, x, y in inputs()},
        "smoothed": cases,
        "triangles": triangles,
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
