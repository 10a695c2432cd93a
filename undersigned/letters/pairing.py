"""Which block of one language is which of another.

Keys decide where both sides bear them. Elsewhere kind, order and likeness do, as Gale and Church (1993) align
sentences: dynamic programming over pairs, missing and extra blocks, merges, splits, and swaps of neighbours.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple, Self

from undersigned.letters.blocks import Block, Kind
from undersigned.letters.likeness import Traits, traits, unlikeness

# Odds against each, on the scale of `unlikeness`.
MISSING = 4.5
JOINED = 4.5
JOINED_ACROSS_KINDS = 1.5
SWAPPED = 2.0
DOUBT = 2.5  # how much likelier a block must be missing than merged into a neighbour, to be sure of it
MOVED = 0.5  # a missing and an extra block that differ by less are one that has moved
_STEPS = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (2, 2))
_TEXT_KINDS = {Kind.PARAGRAPH, Kind.CLAIM}


class Link(NamedTuple):
    """Places of blocks on both sides that belong together; none on one side: missing, or extra.

    Where one is missing, `doubt` is the place of a block of theirs that may hold it after all.
    """

    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    has_moved: bool = False
    doubt: int | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """The blocks of one language, each with what survives translation."""

    blocks: tuple[Block, ...]
    traits: tuple[Traits, ...]

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> Self:
        blocks = tuple(blocks)
        return cls(blocks, tuple(traits(block) for block in blocks))


def pair(ours: Side, theirs: Side) -> list[Link]:
    """The links that explain `theirs` as a translation of `ours` with the least to be surprised at."""
    return _Pairing(ours, theirs).links()


class _Pairing:
    def __init__(self, ours: Side, theirs: Side) -> None:
        self.ours, self.theirs = ours.blocks, theirs.blocks
        self.a, self.b = ours.traits, theirs.traits
        place = {block.key: at for at, block in enumerate(self.theirs) if block.key}
        self.to_theirs = {at: place[block.key] for at, block in enumerate(self.ours) if block.key in place}
        self.to_ours = {there: here for here, there in self.to_theirs.items()}
        self.swallowed = self._swallowed()
        ratio = sum(t.size for t in self.b) / (sum(t.size for t in self.a) or 1.0)
        self.scale = min(max(ratio, 0.5), 2.0)  # how much longer their language says the same

    def links(self) -> list[Link]:
        in_order = rising(self.to_theirs)
        moved = [Link((i,), (j,), True) for i, j in self.to_theirs.items() if i not in in_order]
        gone = {link.ours[0] for link in moved} | set(self.swallowed)
        come = {link.theirs[0] for link in moved}
        ours = [i for i in range(len(self.ours)) if i not in gone]
        theirs = [j for j in range(len(self.theirs)) if j not in come]
        links = self._with_moves([*moved, *self._steps(ours, theirs)])
        return sorted(map(self._with_swallowed, self._with_doubts(links)), key=lambda link: (link.ours, link.theirs))

    def _swallowed(self) -> dict[int, int]:
        """Our blocks whose marks stand within a block of theirs that bears another mark at its end."""
        holder = {key: at for at, block in enumerate(self.theirs) for key in block.swallowed}
        swallowed: dict[int, int] = {}
        for i, block in enumerate(self.ours):
            if i in self.to_theirs or block.key not in holder:
                continue
            j = holder[block.key]
            if j in self.to_ours:
                swallowed[i] = j
            else:
                self.to_theirs[i], self.to_ours[j] = j, i
        return swallowed

    def _steps(self, ours: list[int], theirs: list[int]) -> list[Link]:
        """The cheapest way through both texts, from their ends back to their beginnings."""
        cost = {(0, 0): 0.0}
        came: dict[tuple[int, int], tuple[int, int]] = {}
        for i, j in product(range(len(ours) + 1), range(len(theirs) + 1)):
            for before in ((i - di, j - dj) for di, dj in _STEPS):
                if before in cost:
                    total = cost[before] + self._price(ours[before[0] : i], theirs[before[1] : j])
                    if total < cost.get((i, j), math.inf):
                        cost[i, j], came[i, j] = total, before
        links: list[Link] = []
        at = (len(ours), len(theirs))
        while at != (0, 0):
            links = _as_links(ours[came[at][0] : at[0]], theirs[came[at][1] : at[1]]) + links
            at = came[at]
        return links

    def _price(self, ours: Sequence[int], theirs: Sequence[int]) -> float:
        match len(ours), len(theirs):
            case 1, 1:
                return self._pair(ours[0], theirs[0])
            case 2, 2:
                return SWAPPED + self._pair(ours[0], theirs[1]) + self._pair(ours[1], theirs[0])
            case 2, 1:
                return self._merged(ours[0], ours[1], theirs[0])
            case 1, 2:
                return self._split(ours[0], theirs[0], theirs[1])
        locked = any(i in self.to_theirs for i in ours) or any(j in self.to_ours for j in theirs)
        return math.inf if locked else MISSING

    def _pair(self, i: int, j: int) -> float:
        return self._unlike(self.a[i], self.b[j]) if self._may_pair(i, j) else math.inf

    def _may_pair(self, i: int, j: int) -> bool:
        if self.to_theirs.get(i, j) != j or self.to_ours.get(j, i) != i:
            return False
        return not (self.ours[i].key and self.theirs[j].key) or self.to_theirs.get(i) == j

    def _merged(self, first: int, second: int, j: int) -> float:
        """What it costs that two neighbours of ours are one block of theirs."""
        if any(self.to_theirs.get(i, j) != j for i in (first, second)) or self.to_ours.get(j, first) not in (
            first,
            second,
        ):
            return math.inf
        if not self._may_pair(first, j) and not self._may_pair(second, j):
            return math.inf
        return _joining(self.a[first], self.a[second]) + self._unlike(self.a[first] + self.a[second], self.b[j])

    def _split(self, i: int, first: int, second: int) -> float:
        """What it costs that one block of ours is two neighbours of theirs."""
        if any(self.to_ours.get(j, i) != i for j in (first, second)) or self.to_theirs.get(i, first) not in (
            first,
            second,
        ):
            return math.inf
        if not self._may_pair(i, first) and not self._may_pair(i, second):
            return math.inf
        return _joining(self.b[first], self.b[second]) + self._unlike(self.a[i], self.b[first] + self.b[second])

    def _unlike(self, a: Traits, b: Traits) -> float:
        return unlikeness(a, b, self.scale)

    def _with_moves(self, links: list[Link]) -> list[Link]:
        """A missing and an extra block that look alike become one that has moved, the likest first."""
        missing = [link.ours[0] for link in links if not link.theirs]
        extra = [link.theirs[0] for link in links if not link.ours]
        pairs = [(self._pair(i, j), i, j) for i in missing for j in extra if self.a[i].kind == self.b[j].kind]
        for unlike, i, j in sorted(pairs):
            if unlike < MOVED and {Link((i,), ()), Link((), (j,))} <= set(links):
                links = [link for link in links if link not in (Link((i,), ()), Link((), (j,)))]
                links.append(Link((i,), (j,), True))
        return links

    def _with_doubts(self, links: list[Link]) -> list[Link]:
        """The links, each missing block with the place of the neighbour's translation that may hold it after all."""
        single = {link.ours[0]: link.theirs[0] for link in links if len(link.ours) == len(link.theirs) == 1}
        return [link if link.theirs else link._replace(doubt=self._doubt(link.ours[0], single)) for link in links]

    def _doubt(self, i: int, single: Mapping[int, int]) -> int | None:
        """The likeliest holder of our block `i`, among the translations of its neighbours."""
        odds: list[tuple[float, int]] = []
        for neighbour, pair in ((i - 1, (i - 1, i)), (i + 1, (i, i + 1))):
            if neighbour in single:
                j = single[neighbour]
                missing = MISSING + self._unlike(self.a[neighbour], self.b[j])
                odds.append((self._merged(*pair, j) - missing, j))
        least, j = min(odds, default=(math.inf, 0))
        return j if least < DOUBT else None

    def _with_swallowed(self, link: Link) -> Link:
        inside = [i for i, j in self.swallowed.items() if link.theirs == (j,)]
        return link._replace(ours=tuple(sorted((*link.ours, *inside)))) if inside else link


def rising(places: Mapping[int, int]) -> set[int]:
    """The keys of a longest choice of `places` that rise, earlier ones preferred: all others have moved."""
    chains: list[list[int]] = [[]]
    for at, place in places.items():
        fitting = [chain for chain in chains if not chain or places[chain[-1]] < place]
        chains.append([*max(fitting, key=len), at])
    longest = max(chains, key=len)
    return set(longest)


def _joining(first: Traits, second: Traits) -> float:
    same = first.kind == second.kind or {first.kind, second.kind} == _TEXT_KINDS
    return JOINED if same else JOINED + JOINED_ACROSS_KINDS


def _as_links(ours: list[int], theirs: list[int]) -> list[Link]:
    """One step as links; of two neighbours swapped, the one that stands too early has moved."""
    if len(ours) == len(theirs) == 2:
        return [Link((ours[0],), (theirs[1],)), Link((ours[1],), (theirs[0],), True)]
    return [Link(tuple(ours), tuple(theirs))]
