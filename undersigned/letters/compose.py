"""From what a file shows to what a letter says: which passage is a claim, a demand, a heading."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from undersigned.letters import inline, marks
from undersigned.letters.blocks import (
    KEY,
    LEVELS,
    Block,
    FileEmpty,
    Kind,
    Note,
    Place,
    Source,
    Text,
    WrongFile,
    refuse_repeated_keys,
)
from undersigned.letters.inline import Runs
from undersigned.letters.marks import FACTS, Mark, UnknownMark, WrongKey
from undersigned.lib.refusal import Refused, gettext_noop

Node = TypeVar("Node")

SENTENCE_ENDS = ".!?:;,…。！？：；，、"
BOLD_HEADING_LIMIT = 120  # characters; a longer bold paragraph is one that shouts
_CAN_BE = {
    Kind.HEADING: {Kind.HEADING, Kind.PARAGRAPH},
    Kind.PARAGRAPH: {Kind.PARAGRAPH, Kind.CLAIM, Kind.DEMAND, Kind.QUOTATION, Kind.HEADING},
    Kind.QUOTATION: {Kind.QUOTATION, Kind.CLAIM, Kind.PARAGRAPH},
    Kind.LIST: {Kind.LIST, Kind.DEMAND},
}


class FootnoteUndefined(WrongFile):
    code = "footnote-undefined"
    message = gettext_noop("The footnote [^%(label)s] is referred to here, but its text is nowhere in this file.")


class FootnoteUnused(WrongFile):
    code = "footnote-unused"
    message = gettext_noop("The footnote [^%(label)s] stands here, but nothing in this file refers to it.")


class FootnoteInFootnote(WrongFile):
    code = "footnote-in-footnote"
    message = gettext_noop("The footnote [^%(label)s] refers to another footnote. Only the text itself can do that.")


class WrongKind(WrongFile):
    code = "wrong-kind"
    message = gettext_noop("A %(shape)s cannot be marked “.%(kind)s”.")


class MarkOnItem(WrongFile):
    code = "mark-on-item"
    message = gettext_noop("Items of a list can be marked only where they are demands. Mark the list as a whole.")


class MarkOnNothing(WrongFile):
    code = "mark-on-nothing"
    message = gettext_noop("This mark has no block before it.")


@dataclass(frozen=True, slots=True)
class Passage:
    """One element of a file as it shows itself: a heading, paragraph, quotation or list. Nested items sit in items."""

    shape: Kind
    runs: Runs = ()
    mark: Mark = field(default_factory=Mark)
    line: int = 0
    level: int = 0
    ordered: bool = False
    items: tuple["Passage", ...] = ()


@dataclass(frozen=True, slots=True)
class Footnote:
    runs: Runs
    line: int


@contextmanager
def gathering(faults: list[WrongFile]) -> Iterator[None]:
    """Put a refusal among `faults` and go on, so that one reading tells everything that is wrong."""
    try:
        yield
    except WrongFile as fault:
        faults.append(fault)


@dataclass(slots=True)
class Reading:
    """What one file has shown so far: its footnotes, what its reader passed over, and what it could not take."""

    place: Place
    footnotes: dict[str, Footnote] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    faults: list[WrongFile] = field(default_factory=list)

    def passages(self, nodes: Iterable[Node], read: Callable[[Node], Iterable[Passage]]) -> list[Passage]:
        """What `read` makes of one node after the other; raises Refused with everything that it could not take."""
        passages: list[Passage] = []
        for node in nodes:
            with gathering(self.faults):
                passages += read(node)
        if self.faults:
            raise Refused(self.faults)
        return passages


def compose(
    passages: Sequence[Passage],
    footnotes: Mapping[str, Footnote],
    place: Place,
    subject: str = "",
    *,
    asks: bool = True,
) -> Text:
    """The blocks of a text; raises Refused with everything that is wrong with them.

    A letter `asks`: where no list of it is marked as demands, the last ordered one is.
    """
    composer = _Composer(footnotes, place, asks)
    composer.compose(passages, subject)
    faults: list[WrongFile] = [
        *composer.faults,
        *refuse_repeated_keys(composer.blocks, place),
        *composer.footnote_faults(),
    ]
    if not composer.blocks and not faults:
        faults.append(FileEmpty(place))
    if faults:
        faults.sort(key=lambda fault: fault.place.line)
        raise Refused(faults)
    return Text(tuple(composer.blocks), tuple(composer.notes))


def with_marks_attached(passages: Sequence[Passage], place: Place) -> list[Passage]:
    """The passages, each with the mark that stands alone behind it."""
    attached: list[Passage] = []
    for passage in passages:
        if passage.runs or passage.items:
            attached.append(passage)
        elif passage.mark and not attached:
            raise MarkOnNothing(place.at(passage.line))
        elif passage.mark:
            attached[-1] = replace(attached[-1], mark=attached[-1].mark | passage.mark)
    return attached


def with_demands(passages: Sequence[Passage]) -> list[Passage]:
    """The passages; where none is marked as a demand, the last ordered list is."""
    if any(_asks(passage) for passage in passages):
        return [_all_demands(p) if p.shape == Kind.LIST and _asks(p) else p for p in passages]
    for at in reversed(range(len(passages))):
        passage = passages[at]
        if passage.ordered and passage.mark.kind is None:
            return [*passages[:at], _all_demands(passage), *passages[at + 1 :]]
    return list(passages)


def without_title(passages: Sequence[Passage], subject: str) -> list[Passage]:
    """The passages without a first heading that only repeats the subject."""
    first = next(iter(passages), None)
    repeats = first and first.level == 1 and _folded(inline.plain(first.runs)) == _folded(subject)
    return list(passages[1:] if repeats else passages)


def _asks(passage: Passage) -> bool:
    return passage.mark.kind == Kind.DEMAND or any(item.mark.kind == Kind.DEMAND for item in passage.items)


def _all_demands(passage: Passage) -> Passage:
    return replace(passage, mark=Mark(kind=Kind.DEMAND) | passage.mark)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_bold_line(passage: Passage) -> bool:
    """Whether a paragraph looks like a heading: one short line, all of it bold, no sentence."""
    if passage.shape != Kind.PARAGRAPH or passage.mark.kind or not all(run.strong for run in passage.runs):
        return False
    text = "".join(run.text for run in passage.runs)
    return len(text) <= BOLD_HEADING_LIMIT and text[-1] not in SENTENCE_ENDS and "\n" not in text


class _Composer:
    """Makes blocks of passages, one file at a time."""

    def __init__(self, footnotes: Mapping[str, Footnote], place: Place, asks: bool) -> None:
        self.footnotes = footnotes
        self.place = place
        self.asks = asks
        self.blocks: list[Block] = []
        self.notes: list[Note] = []
        self.faults: list[WrongFile] = []
        self.used: set[str] = set()
        self.top = 1  # the highest level of the file's headings, which becomes 2
        self.level = 1  # of the heading that we are under

    def compose(self, passages: Sequence[Passage], subject: str) -> None:
        with gathering(self.faults):
            passages = without_title(with_marks_attached(passages, self.place), subject)
            passages = with_demands(passages) if self.asks or any(_asks(passage) for passage in passages) else passages
            self.top = min((p.level for p in passages if p.level), default=1)
            for at, passage in enumerate(passages):
                with gathering(self.faults):
                    is_last = at == len(passages) - 1
                    found = self._blocks(passage if is_last else self._as_heading(passage))
                    self.blocks += [block for block in found if block.text]

    def footnote_faults(self) -> Iterator[WrongFile]:
        for label, footnote in self.footnotes.items():
            if label not in self.used:
                yield FootnoteUnused(self.place.at(footnote.line), label=label)
            if inline.labels(footnote.runs):
                yield FootnoteInFootnote(self.place.at(footnote.line), label=label)

    def _as_heading(self, passage: Passage) -> Passage:
        """A paragraph all in bold as the heading that it is meant to be."""
        if not _is_bold_line(passage):
            return passage
        self._note(passage, gettext_noop("A paragraph all in bold is taken as a heading; {.paragraph} keeps it one."))
        runs = tuple(replace(run, strong=False) for run in passage.runs)
        return replace(passage, shape=Kind.HEADING, runs=runs)

    def _blocks(self, passage: Passage) -> Iterator[Block]:
        kind = self._kind(passage)
        if passage.shape != Kind.LIST:
            yield self._block(passage, kind)
        elif kind == Kind.DEMAND:
            yield from (self._demand(passage, number, item) for number, item in enumerate(passage.items, 1))
        else:
            yield self._list(passage)

    def _kind(self, passage: Passage) -> Kind:
        mark = passage.mark
        if mark.kind:
            if mark.kind not in _CAN_BE[passage.shape]:
                raise WrongKind(self._at(passage), shape=passage.shape.value, kind=mark.kind.value)
            return mark.kind
        if passage.shape == Kind.PARAGRAPH:
            if inline.labels(passage.runs) or any(fact in mark.facts for fact in FACTS[Kind.CLAIM]):
                return Kind.CLAIM
            if mark.facts:
                return Kind.QUOTATION
        return passage.shape

    def _block(self, passage: Passage, kind: Kind) -> Block:
        self._refuse_foreign_facts(passage, kind)
        level = self._level(passage) if kind == Kind.HEADING else 0
        runs, swallowed = marks.swallowed(inline.one_line(passage.runs) if level else passage.runs)
        sources = self._sources(runs, passage)
        text = inline.write(runs)
        mark = passage.mark
        return Block(mark.key, kind, text, level, False, sources, mark.facts, passage.line, swallowed)

    def _level(self, passage: Passage) -> int:
        """Of a real heading, counted from the file's highest one; of a bold line, one below the last real heading."""
        if not passage.level:
            return min(self.level + 1, LEVELS[-1])
        self.level = min(passage.level - self.top + LEVELS[0], LEVELS[-1])
        return self.level

    def _demand(self, passage: Passage, number: int, item: Passage) -> Block:
        """One item as a demand; a key of the whole list gives each item its own."""
        key = item.mark.key or (f"{passage.mark.key}-{number}" if passage.mark.key else "")
        if key and not KEY.fullmatch(key):
            raise WrongKey(self._at(item), key=key)
        runs = inline.join([part.runs for part in _flat(item)], "\n")
        whole = replace(item, shape=Kind.PARAGRAPH, runs=runs, mark=replace(item.mark, key=key))
        return self._block(whole, Kind.DEMAND)

    def _list(self, passage: Passage) -> Block:
        if any(item.items for item in passage.items):
            self._note(passage, gettext_noop("A list inside a list is taken as one list."))
        self._refuse_foreign_facts(passage, Kind.LIST)
        items = [part for item in passage.items for part in _flat(item)]
        if any(item.mark for item in items):
            raise MarkOnItem(next(self._at(item) for item in items if item.mark))
        lines = [inline.one_line(item.runs) for item in items]
        sources = self._sources(tuple(run for line in lines for run in line), passage)
        text = "\n".join(inline.write(line) for line in lines)
        return Block(passage.mark.key, Kind.LIST, text, 0, passage.ordered, sources, {}, passage.line)

    def _sources(self, runs: Runs, passage: Passage) -> tuple[Source, ...]:
        labels = inline.labels(runs)
        self.used.update(labels)
        for label in labels:
            if label not in self.footnotes:
                raise FootnoteUndefined(self._at(passage), label=label)
        return tuple(Source(label, inline.write(self.footnotes[label].runs)) for label in labels)

    def _refuse_foreign_facts(self, passage: Passage, kind: Kind) -> None:
        known = FACTS.get(kind, ())
        for fact in passage.mark.facts:
            if fact not in known:
                raise UnknownMark(self._at(passage), word=fact, known=", ".join(known) or "-")

    def _note(self, passage: Passage, message: str) -> None:
        self.notes.append(Note(self._at(passage), message))

    def _at(self, passage: Passage) -> Place:
        return self.place.at(passage.line)


def _flat(item: Passage) -> Iterator[Passage]:
    """An item and, behind it, all that is nested in it."""
    if item.runs:
        yield replace(item, items=())
    for nested in item.items:
        yield from _flat(nested)
