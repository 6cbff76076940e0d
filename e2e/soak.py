"""How often and at which moments the tests that kill do so: a few times in CI, in ``make soak`` 200 times in all."""

import collections
import os
import random

counted = collections.Counter()


def rounds(in_short, in_soak):
    """How many rounds of kills a test has: few, or with OSTRAKA_SOAK many."""
    return in_soak if os.environ.get("OSTRAKA_SOAK") else in_short


def count(kind):
    """Counts a round that is printed at the end."""
    counted[kind] += 1


def seeded():
    """A random source whose seed is printed; OSTRAKA_SEED repeats it."""
    seed = int(os.environ.get("OSTRAKA_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
    print(f"\nOSTRAKA_SEED={seed}")
    return random.Random(seed)
