"""How often and at which moments the tests that kill do so: a few times in CI, many in ``make soak``."""

import os
import random


def rounds(in_short, in_soak):
    """How many rounds of kills a test has: few, or with OSTRAKA_SOAK many."""
    return in_soak if os.environ.get("OSTRAKA_SOAK") else in_short


def seeded():
    """A random source whose seed is printed; OSTRAKA_SEED repeats it."""
    seed = int(os.environ.get("OSTRAKA_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
    print(f"\nOSTRAKA_SEED={seed}")
    return random.Random(seed)
