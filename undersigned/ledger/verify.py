"""Verifying a published log from nothing but its files: all is worked out anew, nothing of it is believed.

Needs no database and no settings: anybody who has the package can do it, over the web or on a copy.
"""

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from undersigned.ledger.events import EFFECT, Event, Tallied
from undersigned.ledger.folder import CHECKPOINT, KEYS
from undersigned.ledger.keys import Period, read_periods
from undersigned.ledger.line import Line, NotALine
from undersigned.ledger.merkle import Edge, grow
from undersigned.ledger.note import Checkpoint, NotANote, VerifierKey, lengthen, open_checkpoint, open_note
from undersigned.ledger.tiles import (
    HEIGHT,
    WIDTH,
    NotABundle,
    bundle_path,
    entries_of,
    hashes_of,
    levels_of,
    tile_path,
    tiles_of,
)

FACTS = "letter.json"
PLURALS = {
    Tallied.ORGANISATION: "organisations",
    Tallied.PERSON: "persons",
    Tallied.SUPPORTER: "supporters",
    Tallied.HIDDEN: "hidden",
}
"""What `letter.json` calls the counts of each kind."""


class NotVerified(Exception):
    """Something about the log is not as it must be; says what."""


class Unreadable(Exception):
    """The log could not be looked at, so nothing can be said of it."""


class Source(Protocol):
    """Where a published log is read from."""

    def log(self, path: str) -> bytes:
        """A file of the log; FileNotFoundError where there is none, Unreadable where nobody answers."""

    def letter(self, path: str) -> bytes:
        """A file beside the log's folder; the same."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the verifier brings along: keys, of which any may have signed, and a head that they kept from earlier."""

    keys: Sequence[VerifierKey] = ()
    since: bytes | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in a log that is as it must be, and which of the known keys signed its head.

    `compared` is the size at which there was a page's count to compare with.
    """

    head: Checkpoint
    keys: tuple[VerifierKey, ...]
    counts: Counter[tuple[Tallied, bytes]]
    since: Checkpoint | None
    compared: int | None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What `letter.json` says: so many of each kind, at this size of the log."""

    counts: dict[str, int]
    size: int


def verify(source: Source, known: Known, progress: Callable[[int, int], None]) -> Verdict:
    """Work a whole log out anew; NotVerified says what is wrong. `progress` hears how far it is."""
    facts = _facts(source)  # before the head: what the page counts is published already
    periods = _keys(source, known)
    current = [key for key, signs in periods if signs]
    raw = _file(source, CHECKPOINT)
    head = _checkpoint(raw, current, "the published checkpoint")
    since = None
    if known.since is not None:
        since = _kept(source, _whole(known.since, head.origin), [key for key, _ in periods])
    _refuse_shrunk(head, since, facts)
    stops = {one.size for one in (since, facts, head) if one}
    count, roots, at_facts = Count(), {0: Edge().root}, Counter[str]()
    for index, edge in _trees(source, head.size, stops, count, progress):
        roots[index] = edge.root
        if facts and index == facts.size:
            at_facts = count.by_kind()
    if roots[head.size] != head.root:
        raise NotVerified("the entries do not add up to the root in the signed checkpoint")
    if since and roots[since.size] != since.root:
        raise NotVerified(f"the log does not begin with the checkpoint of {since.size} entries that was kept: a fork")
    if facts and at_facts != Counter(facts.counts):
        raise NotVerified(f"letter.json counts {facts.counts}, the log {dict(at_facts)} at {facts.size} entries")
    return Verdict(head, tuple(open_note(raw, current)[1]), count.counts, since, facts.size if facts else None)


# --- What is read -----------------------------------------------------------------------------------------------------


def _file(source: Source, path: str) -> bytes:
    try:
        return source.log(path)
    except FileNotFoundError:
        raise NotVerified(f"{path} is missing") from None


def _keys(source: Source, known: Known) -> list[tuple[VerifierKey, bool]]:
    """The keys that the verifier brought, or else those that the log itself names, with whether they sign still."""
    if known.keys:
        return [(key, True) for key in known.keys]
    return [(period.key, period.until is None) for period in _listed(source)]


def _listed(source: Source) -> list[Period]:
    try:
        return read_periods(_file(source, KEYS).decode())
    except ValueError as fault:
        raise NotVerified(f"{KEYS} is damaged: {fault}") from None


def _checkpoint(raw: bytes, keys: Sequence[VerifierKey], what: str) -> Checkpoint:
    try:
        return open_checkpoint(raw, keys)
    except NotANote as fault:
        raise NotVerified(f"{what} is not to be trusted: {fault}") from None


def _kept(source: Source, raw: bytes, keys: Sequence[VerifierKey]) -> Checkpoint:
    """The checkpoint that the verifier kept. Where one of their keys is lacking, NotVerified says which it might be."""
    what = "the checkpoint that was kept"
    try:
        return open_checkpoint(raw, keys)
    except NotANote as fault:
        for key in _retired(source):
            with suppress(NotANote):
                open_checkpoint(raw, [*keys, key])
                raise NotVerified(
                    f"{what} is signed by a key that you did not give, and that the log lists as retired: {key.text}. "
                    "Compare it with what you know from that time, and give it as another --key"
                ) from None
        raise NotVerified(f"{what} is not to be trusted: {fault}") from None


def _retired(source: Source) -> list[VerifierKey]:
    """The keys that the log itself lists as retired; none where it has no list that can be read."""
    try:
        return [period.key for period in _listed(source) if period.until]
    except NotVerified:
        return []


def _whole(kept: bytes, origin: str) -> bytes:
    """A checkpoint that was kept as a whole, or as the one line that is in mails."""
    text = kept.decode(errors="replace").strip()
    if "\n" in text or not text:
        return kept
    try:
        return lengthen(text, origin)
    except NotANote:
        return kept


def _facts(source: Source) -> _Facts | None:
    try:
        told = json.loads(source.letter(FACTS))
        counts = {kind: _number(told["counts"][kind]) for kind in PLURALS.values()}
        return _Facts(counts, _number(told["log"]["size"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotVerified(f"{FACTS} is damaged") from None


def _number(told: object) -> int:
    """A count as JSON tells it; ValueError for what only looks like one, such as -1, 3.0 or true."""
    if type(told) is not int or told < 0:
        raise ValueError(told)
    return told


def _refuse_shrunk(head: Checkpoint, since: Checkpoint | None, facts: _Facts | None) -> None:
    if since and since.origin != head.origin:
        raise NotVerified(f"the checkpoint that was kept is of another log, “{since.origin}”")
    if since and since.size > head.size:
        raise NotVerified(f"the log had {since.size} entries, and has {head.size} now: it was cut")
    if facts and facts.size > head.size:
        said = f"letter.json counts {facts.size} entries, and the log has {head.size}"
        raise NotVerified(f"{said}: if they are being published right now, try again")


# --- What is worked out -----------------------------------------------------------------------------------------------


def _trees(
    source: Source, size: int, stops: set[int], count: "Count", progress: Callable[[int, int], None]
) -> Iterator[tuple[int, Edge]]:
    """The trees of the sizes in `stops`, up to `size`, while every entry is counted and every tile compared."""
    edge = Edge()
    above: list[list[bytes]] = [[] for _ in range(levels_of(size))]
    if size == 0:
        yield 0, edge
    for number, width in tiles_of(0, size):
        lines = _entries(source, number, width)
        for stop in sorted({stop for stop in stops if edge.size < stop <= edge.size + width} | {edge.size + width}):
            part = lines[: stop - edge.size]
            lines = lines[len(part) :]
            growth = grow(edge, part)
            edge = growth.edge
            count.add(part)
            for level, hashes in enumerate(growth.nodes[::HEIGHT]):
                above[level] += hashes
            if stop in stops:
                yield stop, edge
        _compare(source, 0, number, above[0])
        above[0] = []
        progress(edge.size, size)
    for level in range(1, levels_of(size)):
        for number, width in tiles_of(level, size):
            _compare(source, level, number, above[level][number * WIDTH : number * WIDTH + width])


def _entries(source: Source, number: int, width: int) -> list[bytes]:
    raw = _tile(source, bundle_path(number, width), bundle_path(number))
    try:
        found = entries_of(raw)
    except NotABundle as fault:
        raise NotVerified(f"{bundle_path(number)}: {fault}") from None
    if len(found) not in (width, WIDTH):
        raise NotVerified(f"{bundle_path(number)} has {len(found)} entries in the place of {width}")
    return found[:width]


def _compare(source: Source, level: int, number: int, hashes: Sequence[bytes]) -> None:
    """Refuse a tile that does not hold these hashes."""
    width = len(hashes)
    path = tile_path(level, number, width)
    found = hashes_of(_tile(source, path, tile_path(level, number)))
    if found[:width] != list(hashes) or len(found) not in (width, WIDTH):
        raise NotVerified(f"{path} does not hold the hashes of what is below it")


def _tile(source: Source, partial: str, full: str) -> bytes:
    """A partial tile may be gone once it has become full."""
    try:
        return source.log(partial)
    except FileNotFoundError:
        return _file(source, full)


class _Senseless(ValueError):
    """An entry that cannot follow those before it."""


class _State(IntEnum):
    """What an entry is to those after it. Only a signature can be changed, and only what was invalidated comes back."""

    NO_SIGNATURE = 0
    STANDS = 1
    INVALIDATED = 2
    ENDED = 3


_CHANGES = {
    Event.AMENDED: (_State.STANDS, _State.STANDS),
    Event.CONSENTED_AGAIN: (_State.STANDS, _State.STANDS),
    Event.MERGED: (_State.STANDS, _State.ENDED),
    Event.WITHDRAWN: (_State.STANDS, _State.ENDED),
    Event.INVALIDATED: (_State.STANDS, _State.INVALIDATED),
    Event.REINSTATED: (_State.INVALIDATED, _State.STANDS),
}
"""What the entry must be that an event names, and what it is from then on. Other events name none."""

_IS_NOT = {_State.STANDS: "does not stand", _State.INVALIDATED: "was not invalidated"}
_OF_THE_TEXT = {Event.VERSION_FROZEN, Event.RELEASED, Event.EDITORIAL_CHANGE}


@dataclass(slots=True)
class Count:
    """Counts entries by the table of events, and sees to it that what speaks of another one may do so."""

    counts: Counter[tuple[Tallied, bytes]] = field(default_factory=Counter)
    sorts: dict[tuple[Tallied, bytes], int] = field(default_factory=dict)
    sort_of: "array[int]" = field(default_factory=lambda: array("I"))
    states: bytearray = field(default_factory=bytearray)

    def add(self, entries: Sequence[bytes]) -> None:
        """Count some more entries, in their order; NotVerified where one makes no sense."""
        for entry in entries:
            try:
                self._add(Line.parse(entry))
            except (NotALine, _Senseless) as fault:
                raise NotVerified(f"entry {len(self.states)}: {fault}") from None

    def by_kind(self) -> Counter[str]:
        """How many there are of each kind, under all versions together, as `letter.json` names them."""
        found = Counter({name: 0 for name in PLURALS.values()})
        for (kind, _version), number in self.counts.items():
            found[PLURALS[kind]] += number
        return found

    def _add(self, line: Line) -> None:
        sort = (line.kind, line.version)
        number = self.sorts.setdefault(sort, len(self.sorts))
        if (line.event in _OF_THE_TEXT) != (line.kind == Tallied.NONE):
            raise _Senseless(f"“{line.event}” has {'a' if line.kind else 'no'} kind")
        if line.event in _CHANGES:
            self._change(line)
        elif line.about is not None:
            raise _Senseless(f"“{line.event}” names entry {line.about}, and may name none")
        self.counts[sort] += EFFECT.get(line.event, 0)
        self.sort_of.append(number)
        self.states.append(_State.STANDS if line.event == Event.SIGNED else _State.NO_SIGNATURE)
        if not self.counts[sort]:
            del self.counts[sort]

    def _change(self, line: Line) -> None:
        """Do to the entry that `line` names what it says, if that entry is one to which it can be done."""
        about = line.about
        if about is None:
            raise _Senseless(f"“{line.event}” names no entry")
        if about >= len(self.states):
            raise _Senseless(f"“{line.event}” names entry {about}, which is not before it")
        if line.event != Event.CONSENTED_AGAIN and self.sort_of[about] != self.sorts[line.kind, line.version]:
            raise _Senseless(f"“{line.event}” names entry {about}, which is not of its kind and version")
        before, after = _CHANGES[line.event]
        if self.states[about] != before:
            raise _Senseless(f"“{line.event}” names entry {about}, which {_IS_NOT[before]}")
        self.states[about] = after
