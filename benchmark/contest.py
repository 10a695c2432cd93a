"""Pairs, side by side: each thing is measured in turn, so that whatever else the machine does strikes both."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmark.processes import CannotMeasure


@dataclass(frozen=True, slots=True)
class Pair:
    """What the rounds came to, in a unit that both share."""

    first: tuple[float, ...]
    second: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of the first, divided by the median of the second."""
        if not median(self.second):
            raise CannotMeasure("what it was to be compared to did nothing in that time")
        return median(self.first) / median(self.second)


def alternate(rounds: int, first: Callable[[], float], second: Callable[[], float]) -> Pair:
    """Measure both `rounds` times, alternating who goes first: neither always follows in the other's wake."""
    found: tuple[list[float], list[float]] = [], []
    sides = [(first, found[0]), (second, found[1])]
    for number in range(rounds):
        for measure, results in sides if number % 2 == 0 else reversed(sides):
            results.append(measure())
    return Pair(tuple(found[0]), tuple(found[1]))
