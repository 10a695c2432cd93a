"""What a row of the table promises, and what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from benchmark.ground import Ground


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on a ratio: at least so much, or at most."""

    bound: float
    is_ceiling: bool = False

    def __str__(self) -> str:
        return f"{'≤' if self.is_ceiling else '≥'} {self.bound:g}"

    def is_met_by(self, ratio: float) -> bool:
        return ratio <= self.bound if self.is_ceiling else ratio >= self.bound


@dataclass(frozen=True, slots=True)
class Measured:
    """What one row came to: the ratio, and what it was made of: each figure by what it is, round by round."""

    ratio: float
    figures: Mapping[str, tuple[float, ...]]
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, ratio: float, figures: Mapping[str, Sequence[float]], *remarks: str) -> Self:
        return cls(ratio, {name: tuple(found) for name, found in figures.items()}, remarks)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `what` is measured, by `measure`.

    Where `leans_on_sign`, a slower door would improve the ratio: it counts as met only where `sign_vs_pgbench` is.
    """

    id: str
    what: str
    goal: Goal
    measure: Callable[[Ground], Measured] = field(repr=False)
    leans_on_sign: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row that was measured, or that could not be: then `fault` says why, and the goal is not met."""

    row: Row
    measured: Measured | None
    fault: str = ""

    @property
    def reaches_goal(self) -> bool:
        return self.measured is not None and self.row.goal.is_met_by(self.measured.ratio)


FIRST = "sign_vs_pgbench"
"""The row on which others lean."""


def is_met(line: Line, lines: Mapping[str, Line]) -> bool:
    """Whether the goal counts as met, in the light of the whole table."""
    if line.row.leans_on_sign and not (FIRST in lines and lines[FIRST].reaches_goal):
        return False
    return line.reaches_goal
