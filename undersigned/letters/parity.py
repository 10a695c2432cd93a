"""Parity: the rows of a letter in all its languages, and exactly which block of which language does not line up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from undersigned.letters import inline
from undersigned.letters.blocks import Block, Kind
from undersigned.letters.content import ParallelBlock, Wording
from undersigned.letters.pairing import Link, Side, pair
from undersigned.lib.refusal import gettext_noop

WORDS_LIMIT = 40  # characters of a block that name it
_PREFIX = {kind: kind.value for kind in Kind} | {Kind.PARAGRAPH: "p", Kind.HEADING: "h"}


class What(StrEnum):
    """In which way a block does not line up."""

    MISSING = "missing"
    EXTRA = "extra"
    MOVED = "moved"
    MERGED = "merged"
    SPLIT = "split"
    KIND = "kind"
    ITEMS = "items"


_MESSAGES = {
    What.MISSING: gettext_noop(
        "%(language)s: the %(kind)s “%(key)s” is missing near line %(line)s; in %(spoken)s it begins “%(words)s”."
    ),
    What.EXTRA: gettext_noop(
        "%(language)s: the %(kind)s “%(key)s” in line %(line)s (“%(words)s”) is in no other language."
    ),
    What.MOVED: gettext_noop(
        "%(language)s: the %(kind)s “%(key)s” in line %(line)s (“%(words)s”) stands before “%(other)s”, "
        "unlike in the other languages."
    ),
    What.MERGED: gettext_noop(
        "%(language)s: the %(kind)s “%(key)s” has no block of its own; "
        "line %(line)s (“%(words)s”) holds it and “%(other)s”."
    ),
    What.SPLIT: gettext_noop(
        "%(language)s: line %(line)s (“%(words)s”) is a part of “%(other)s”, which is one block in the other languages."
    ),
    What.KIND: gettext_noop(
        "%(language)s: “%(key)s” in line %(line)s (“%(words)s”) is a %(other)s here, "
        "and a %(kind)s in the other languages."
    ),
    What.ITEMS: gettext_noop(
        "%(language)s: the list “%(key)s” in line %(line)s (“%(words)s”) has not as many items "
        "as in the other languages."
    ),
}
_MISSING_OR_MERGED = gettext_noop(
    "%(language)s: the %(kind)s “%(key)s” is missing near line %(line)s, unless it is part of %(holders)s there; "
    "in %(spoken)s it begins “%(words)s”."
)
_ONE_OF_SEVERAL_MISSING = gettext_noop(
    "%(language)s: a %(kind)s is missing near line %(line)s, most likely “%(key)s”, which in %(spoken)s begins "
    "“%(words)s”; without marks it may as well be %(instead)s."
)
_MOVED_TO_THE_END = gettext_noop(
    "%(language)s: the %(kind)s “%(key)s” in line %(line)s (“%(words)s”) stands last, unlike in the other languages."
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One block of one language that does not line up.

    `line` is in that language's file (of the nearest block, where one is missing). `words` begin the block, in the
    language `spoken`. `other` is the key of the block that it is merged with, part of or stands before; for KIND, the
    kind that it has. Of a MISSING one, `holders` are the keys of blocks that may hold it after all, and `instead` of
    those that may be missing instead: without marks, one cannot always be sure.
    """

    language: str
    key: str
    kind: Kind
    what: What
    line: int
    words: str
    spoken: str
    other: str = ""
    holders: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        if self.what == What.MOVED and not self.other:
            return _MOVED_TO_THE_END
        if self.what == What.MISSING and self.instead:
            return _ONE_OF_SEVERAL_MISSING
        if self.what == What.MISSING and self.holders:
            return _MISSING_OR_MERGED
        return _MESSAGES[self.what]

    @property
    def facts(self) -> dict[str, object]:
        return {
            "language": self.language,
            "key": self.key,
            "kind": self.kind.value,
            "line": self.line,
            "words": self.words,
            "spoken": self.spoken,
            "other": self.other,
            "holders": _quoted(self.holders),
            "instead": _quoted(self.instead),
        }

    def __str__(self) -> str:
        return self.message % self.facts


@dataclass(frozen=True, slots=True)
class Row:
    """One block of the letter, in every language that has it."""

    key: str
    kind: Kind
    blocks: Mapping[str, Block]

    def parallel(self) -> ParallelBlock:
        """The same as a part of the letter's content."""
        first = next(iter(self.blocks.values()))
        wordings = {tag: Wording(block.text, block.sources, block.facts) for tag, block in self.blocks.items()}
        return ParallelBlock(self.key, self.kind, wordings, first.level, first.ordered)


@dataclass(frozen=True, slots=True)
class Alignment:
    """The rows of a letter, in the order of its reference language, and what does not line up."""

    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]


def align(texts: Mapping[str, Sequence[Block]], reference: str) -> Alignment:
    """Line up the blocks of all languages, in the order of the reference language.

    The language that agrees best with the others is the measure, the reference where several do: so a block that
    only the reference lacks is missing there, not extra everywhere else.
    """
    languages = [reference, *(language for language in texts if language != reference)]
    measures = languages if len(languages) > 2 else languages[:1]
    sides = {language: Side.of(texts[language]) for language in languages}
    tables = [_Table(sides, measure, languages) for measure in measures]
    return min(tables, key=lambda table: len(table.found)).alignment()


@dataclass(slots=True, eq=False)
class _Line:
    """A row that is being put together: per language a place and the block there. Its key comes last."""

    blocks: dict[str, tuple[int, Block]] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A gap whose row has no key yet. `block` is the one whose words and line tell of it."""

    line: _Line
    language: str
    what: What
    block: Block
    other: _Line | None = None
    holders: tuple[_Line, ...] = ()
    instead: tuple[_Line, ...] = ()


class _Table:
    """All languages lined up with one of them, the measure."""

    def __init__(self, sides: Mapping[str, Side], measure: str, languages: Sequence[str]) -> None:
        self.sides, self.measure, self.languages = sides, measure, languages
        self.texts = {language: side.blocks for language, side in sides.items()}
        self.own = [_Line({measure: (at, block)}) for at, block in enumerate(self.texts[measure])]
        self.lines = list(self.own)
        self.found: list[_Found] = []
        for language in languages:
            if language != measure:
                self._line_up(language)

    def alignment(self) -> Alignment:
        lines = self._in_order_of_reference()
        self._name(lines)
        rows = tuple(Row(line.key, self._kind(line), self._blocks(line)) for line in lines)
        place = {id(line): at for at, line in enumerate(lines)}
        found = sorted(self.found, key=lambda f: (self.languages.index(f.language), place[id(f.line)]))
        return Alignment(rows, tuple(self._gap(one) for one in found))

    def _line_up(self, language: str) -> None:
        """Give each block of `language` its line, and note where that cannot be done as it should."""
        links = pair(self.sides[self.measure], self.sides[language])
        for link in links:
            if link.ours and link.theirs:
                self._settle(link, language)
        for place in sorted(place for link in links for place in link.theirs):
            if self._at(language, place) is None:
                self._beside(language, place)
        self.found += [found for link in links for found in self._judge(link, language)]

    def _settle(self, link: Link, language: str) -> None:
        """Put the block of a link on its line; of several, the one that suits best."""
        theirs = self.texts[language]
        homes = [(self.own[at], place) for at in link.ours for place in link.theirs]
        home, place = max(homes, key=lambda pair: self._suits(pair[0], theirs[pair[1]]))
        home.blocks[language] = (place, theirs[place])

    def _suits(self, line: _Line, block: Block) -> tuple[bool, bool]:
        own = line.blocks[self.measure][1]
        return (bool(block.key) and block.key == own.key, block.kind == own.kind)

    def _judge(self, link: Link, language: str) -> Iterator[_Found]:
        """What is wrong with one link."""
        ours = [self.own[at] for at in link.ours]
        blocks = [self.texts[language][place] for place in link.theirs]
        theirs = [self._at(language, place) for place in link.theirs]
        if not theirs:
            holders = tuple(line for line in (self._at(language, place) for place in link.holders) if line)
            instead = tuple(self.own[at] for at in link.instead)
            own = ours[0].blocks[self.measure][1]
            yield _Found(ours[0], language, What.MISSING, own, holders=holders, instead=instead)
        elif not ours:
            yield from (_Found(line, language, What.EXTRA, blocks[0]) for line in theirs if line)
        elif link.has_moved:
            yield _Found(ours[0], language, What.MOVED, blocks[0], self._at(language, link.theirs[0] + 1))
        elif len(ours) > 1:
            yield from (
                _Found(line, language, What.MERGED, blocks[0], theirs[0]) for line in ours if line is not theirs[0]
            )
        elif len(theirs) > 1:
            parts = zip(theirs, blocks, strict=True)
            yield from (
                _Found(line, language, What.SPLIT, part, ours[0])
                for line, part in parts
                if line and line is not ours[0]
            )
        else:
            yield from self._differences(ours[0], language)

    def _differences(self, line: _Line, language: str) -> Iterator[_Found]:
        own, block = line.blocks[self.measure][1], line.blocks[language][1]
        if own.kind != block.kind:
            yield _Found(line, language, What.KIND, block)
        elif own.kind == Kind.LIST and own.text.count("\n") != block.text.count("\n"):
            yield _Found(line, language, What.ITEMS, block)

    def _beside(self, language: str, place: int) -> None:
        """A line for a block that the measure does not have, behind the block before it in its own language."""
        block = self.texts[language][place]
        before = self._at(language, place - 1)
        at = self.lines.index(before) + 1 if before else 0
        while at < len(self.lines) and self.measure not in self.lines[at].blocks:
            if _are_one(self.lines[at], language, block):
                break
            at += 1
        else:
            self.lines.insert(at, _Line())
        self.lines[at].blocks[language] = (place, block)

    def _at(self, language: str, place: int) -> _Line | None:
        """The line that holds the block at a place of a text."""
        return next((line for line in self.lines if line.blocks.get(language, (None,))[0] == place), None)

    def _in_order_of_reference(self) -> list[_Line]:
        """The lines as the reference has them, each other one behind the line before it."""
        reference = self.languages[0]
        ordered = [line for line in self.lines if reference in line.blocks]
        ordered.sort(key=lambda line: line.blocks[reference][0])
        for at, line in enumerate(self.lines):
            if reference not in line.blocks:
                ordered.insert(ordered.index(self.lines[at - 1]) + 1 if at else 0, line)
        return ordered

    def _name(self, lines: Sequence[_Line]) -> None:
        """Give each line the key that its blocks bear, else one of its kind and number that nobody bears."""
        given = {block.key for text in self.texts.values() for block in text}
        taken = set[str]()
        names = {kind: _numbered(_PREFIX[kind], given) for kind in Kind}
        for line in lines:
            borne = (block.key for block in self._blocks(line).values() if block.key and block.key not in taken)
            line.key = next(borne, "") or next(names[self._kind(line)])
            taken.add(line.key)

    def _kind(self, line: _Line) -> Kind:
        return (line.blocks.get(self.measure) or next(iter(line.blocks.values())))[1].kind

    def _blocks(self, line: _Line) -> dict[str, Block]:
        """The blocks of a line, the measure's first, since its key and kind count most."""
        first = [self.measure, *(language for language in self.languages if language != self.measure)]
        return {language: line.blocks[language][1] for language in first if language in line.blocks}

    def _gap(self, found: _Found) -> Gap:
        line, block = found.block.line, found.block
        if found.what == What.MISSING:
            line = self._line_near(found)
        return Gap(
            language=found.language,
            key=found.line.key,
            kind=self._kind(found.line),
            what=found.what,
            line=line,
            words=first_words(block),
            spoken=self.measure if found.what == What.MISSING else found.language,
            other=block.kind.value if found.what == What.KIND else found.other.key if found.other else "",
            holders=tuple(line.key for line in found.holders),
            instead=tuple(line.key for line in found.instead),
        )

    def _line_near(self, found: _Found) -> int:
        """The line of the file at which a missing block should stand: of the block before it, else of the next one."""
        at = self.lines.index(found.line)
        near = [*reversed(self.lines[:at]), *self.lines[at:]]
        return next((line.blocks[found.language][1].line for line in near if found.language in line.blocks), 0)


def first_words(block: Block) -> str:
    """The beginning of a block, as people would name it to each other."""
    text = inline.plain(inline.read(block.text.split("\n")[0]))
    if len(text) <= WORDS_LIMIT:
        return text
    return text[:WORDS_LIMIT].rsplit(" ", 1)[0].rstrip(" ,;:、，；：") + "…"


def _quoted(keys: Iterable[str]) -> str:
    return " / ".join(f"“{key}”" for key in keys)


def _are_one(line: _Line, language: str, block: Block) -> bool:
    """Whether a block that the measure lacks is the one that another language has beside it, too."""
    others = [other for _, other in line.blocks.values()]
    keys = {other.key for other in others if other.key}
    return language not in line.blocks and (block.key in keys if keys and block.key else others[0].kind == block.kind)


def _numbered(prefix: str, given: set[str]) -> Iterator[str]:
    return (
        key for key in (f"{prefix}{'' if len(prefix) == 1 else '-'}{number}" for number in count(1)) if key not in given
    )
