"""Blocks: what a letter is made of, as read from one file of one language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from undersigned.lib.refusal import Refusal, Refused, gettext_noop

KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
LEVELS = (2, 3, 4)  # of headings; level 1 is the letter's subject


class Kind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CLAIM = "claim"
    DEMAND = "demand"
    QUOTATION = "quotation"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Source:
    """One footnote: its label, and its text as inline Markdown."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """One block of one language. `text` is canonical inline Markdown; a LIST has one item a line.

    `swallowed` are the keys of other blocks whose marks stand within this one's text: they were merged into it.
    """

    key: str
    kind: Kind
    text: str
    level: int = 0
    ordered: bool = False
    sources: tuple[Source, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    line: int = 0
    swallowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands: `letter.en.md:12`, or `letter.en.docx:¶12` where paragraphs are counted."""

    file: str = ""
    line: int = 0
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.unit}{self.line}" if self.line else self.file

    def at(self, line: int) -> "Place":
        return Place(self.file, line, self.unit)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader of files passed over or took in its own way, and says so."""

    place: Place
    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.place}: {self.message % self.facts}"


@dataclass(frozen=True, slots=True)
class Text:
    """The blocks of one file, in order, and what its reader has to say about them."""

    blocks: tuple[Block, ...]
    notes: tuple[Note, ...] = ()


class WrongFile(Refusal):
    """Something in a file cannot be taken. `place` says where; subclasses say what."""

    code = "wrong-file"

    def __init__(self, place: Place, **facts: object) -> None:
        super().__init__(place.file, **facts)
        self.place = place

    def __str__(self) -> str:
        return f"{self.place}: {self.message % self.facts}" if self.place.file else self.message % self.facts


class FileMissing(WrongFile):
    message = gettext_noop("This file is missing, or it cannot be opened.")


class FileWrong(WrongFile):
    """Something in a file cannot be taken; `why` is a refusal of its own."""

    code = "file-wrong"
    message = "%(why)s"  # nothing to translate


class FileEmpty(WrongFile):
    message = gettext_noop("There is no text in this file.")


class FileTooLarge(WrongFile):
    message = gettext_noop("This file is too large: it holds %(megabytes)s MB, and at most %(limit)s MB are read.")


class KeyTwice(WrongFile):
    message = gettext_noop("The mark “#%(key)s” stands here and in line %(other)s. A mark names one block only.")


def refuse_large(size: int, limit_bytes: int, place: Place) -> None:
    """Refuse a file, or what is packed in it, of more than `limit_bytes`."""
    if size > limit_bytes:
        raise FileTooLarge(place, megabytes=round(size / 1e6, 1), limit=limit_bytes // 1_000_000)


@contextmanager
def refusing_at_once() -> Iterator[None]:
    """Turn a fault after which a file cannot be read on into all that is wrong with it."""
    try:
        yield
    except WrongFile as fault:
        raise Refused([fault]) from None


def refuse_repeated_keys(blocks: Sequence[Block], place: Place) -> Iterator[KeyTwice]:
    """A refusal for each block that bears the key of an earlier one."""
    first: dict[str, int] = {}
    for block in blocks:
        if block.key in first:
            yield KeyTwice(place.at(block.line), key=block.key, other=first[block.key])
        elif block.key:
            first[block.key] = block.line
