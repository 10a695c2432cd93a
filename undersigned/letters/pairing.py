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
DOUBT = 2.5  # how much likelier than the next explanation a missing block must be, to be sure of it
MOVED = 0.5  # a missing and an extra block that differ by less are one that has moved
_STEPS = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (2, 2))
_TEXT_KINDS = {Kind.PARAGRAPH, Kind.CLAIM}


class Link(NamedTuple):
    """Places of blocks on both sides that belong together; none on one side: missing, or extra.

    Where one is missing, `holders` are the places of blocks of theirs that may hold it after all, and `instead` those
    of ours that may be missing instead, as far as one can tell who reads neither language.
    """

    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    has_moved: bool = False
    holders: tuple[int, ...] = ()
    instead: tuple[int, ...] = ()


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
        in_order = rising(dict(sorted(self.to_theirs.items())))
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
        """What one step costs: missing, extra, swapped, or one and the same, perhaps in two parts on one side."""
        if len(ours) == len(theirs) == 2:
            return SWAPPED + self._one(ours[:1], theirs[1:]) + self._one(ours[1:], theirs[:1])
        if ours and theirs:
            return self._one(ours, theirs)
        has_partner = any(i in self.to_theirs for i in ours) or any(j in self.to_ours for j in theirs)
        return math.inf if has_partner else MISSING

    def _one(self, ours: Sequence[int], theirs: Sequence[int]) -> float:
        """What it costs that these blocks, at most two on one side, are one and the same."""
        if not self._may_be_one(ours, theirs):
            return math.inf
        a, a_joining = _joined([self.a[i] for i in ours])
        b, b_joining = _joined([self.b[j] for j in theirs])
        return a_joining + b_joining + unlikeness(a, b, self.scale)

    def _may_be_one(self, ours: Sequence[int], theirs: Sequence[int]) -> bool:
        """Whether no block has its partner elsewhere, and not all bear keys that differ."""
        if any(self.to_theirs.get(i, theirs[0]) not in theirs for i in ours):
            return False
        if any(self.to_ours.get(j, ours[0]) not in ours for j in theirs):
            return False
        pairs = product(ours, theirs)
        return any(not (self.ours[i].key and self.theirs[j].key) or self.to_theirs.get(i) == j for i, j in pairs)

    def _with_moves(self, links: list[Link]) -> list[Link]:
        """A missing and an extra block that look alike become one that has moved, the likest first."""
        missing = [link.ours[0] for link in links if not link.theirs]
        extra = [link.theirs[0] for link in links if not link.ours]
        pairs = [(self._one((i,), (j,)), i, j) for i in missing for j in extra if self.a[i].kind == self.b[j].kind]
        for unlike, i, j in sorted(pairs):
            if unlike < MOVED and {Link((i,), ()), Link((), (j,))} <= set(links):
                links = [link for link in links if link not in (Link((i,), ()), Link((), (j,)))]
                links.append(Link((i,), (j,), True))
        return links

    def _with_doubts(self, links: list[Link]) -> list[Link]:
        """The links, each missing block with what may be the case instead."""
        single = {
            link.ours[0]: link.theirs[0]
            for link in links
            if len(link.ours) == len(link.theirs) == 1 and not link.has_moved
        }
        return [link if link.theirs else self._doubted(link.ours[0], single) for link in links]

    def _doubted(self, i: int, single: Mapping[int, int]) -> Link:
        return Link((i,), (), holders=self._holders(i, single), instead=self._instead(i, single))

    def _holders(self, i: int, single: Mapping[int, int]) -> tuple[int, ...]:
        """The translations of its neighbours, where they may hold our block `i` too."""
        beside = [(neighbour, single[neighbour]) for neighbour in (i - 1, i + 1) if neighbour in single]
        return tuple(
            j
            for neighbour, j in beside
            if self._one(sorted((i, neighbour)), (j,)) - self._one((neighbour,), (j,)) - MISSING < DOUBT
        )

    def _instead(self, i: int, single: Mapping[int, int]) -> tuple[int, ...]:
        """Blocks of ours that may be missing instead of `i`: neighbours of its kind that look no less like theirs."""
        found: list[int] = []
        for step in (-1, 1):
            gap, cost = i, 0.0
            while gap + step in single and self.a[gap + step].kind == self.a[i].kind and gap not in self.to_theirs:
                j = single[gap + step]
                cost += self._one((gap,), (j,)) - self._one((gap + step,), (j,))
                gap += step
                if cost < DOUBT and not self.ours[gap].key:
                    found.append(gap)
        return tuple(sorted(found))

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


def _joined(parts: Sequence[Traits]) -> tuple[Traits, float]:
    """The traits of one block or of two written as one, and what it costs to suppose so."""
    if len(parts) == 1:
        return parts[0], 0.0
    first, second = parts
    same = first.kind == second.kind or {first.kind, second.kind} == _TEXT_KINDS
    return first + second, JOINED if same else JOINED + JOINED_ACROSS_KINDS


def _as_links(ours: list[int], theirs: list[int]) -> list[Link]:
    """One step as links; of two neighbours swapped, the one that stands too early has moved."""
    if len(ours) == len(theirs) == 2:
        return [Link((ours[0],), (theirs[1],)), Link((ours[1],), (theirs[0],), True)]
    return [Link(tuple(ours), tuple(theirs))]
