"""Whether two kinds of waits can be told apart: Wilcoxon's signed-rank test on pairs.

Each pair was measured one right after the other, in an order drawn by lot. Where the kinds do not differ, a difference
is as likely to be positive as negative, whatever its size: so the sum of signed ranks is spread around nought, normally
for more than a few dozen pairs, whatever the load did to the waits. Ranks instead of milliseconds, since a few waits of
a loaded server are very long, and would drown what all others say.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist

Pair = tuple[float, float]


def can_be_told_apart(pairs: Sequence[Pair], false_alarms: float) -> bool:
    """Whether the second of a pair waits longer, or shorter, than the first; wrongly so with this probability."""
    return probability_of_chance(pairs) < false_alarms


def probability_of_chance(pairs: Sequence[Pair]) -> float:
    """How likely chance alone is to set two equal kinds at least this far apart (two-sided)."""
    differences = sorted((second - first for first, second in pairs if second != first), key=abs)
    count = len(differences)
    if not count:
        return 1.0
    ranks = sum(rank if difference > 0 else -rank for rank, difference in enumerate(differences, start=1))
    spread = sqrt(count * (count + 1) * (2 * count + 1) / 6)
    return 2 * (1 - NormalDist().cdf(abs(ranks) / spread))


def planted(pairs: Sequence[Pair], milliseconds: float) -> list[Pair]:
    """The same pairs, had the second always waited so much longer."""
    return [(first, second + milliseconds) for first, second in pairs]
