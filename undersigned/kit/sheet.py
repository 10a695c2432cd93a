"""A sheet: everything that is printed of a letter in one language, whatever it is printed on.

Nothing here knows how a letter is stored or set. Every text is plain: what looks like markup in it is printed as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from undersigned.letters.inline import Runs


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text; `language` is empty where it is the sheet's own."""

    text: str
    language: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class Passage:
    """One block of the text. A list has several items, everything else one; a demand has its number."""

    kind: str
    items: tuple[Runs, ...]
    level: int = 0
    number: int = 0
    is_ordered: bool = False
    speaker: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: its source, and what is known of the figure that it carries."""

    runs: Runs
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """One signatory: the name that readers of the sheet can read, the bearer's own beside it, what is known of them."""

    name: Spoken
    original: Spoken = field(default_factory=lambda: Spoken(""))
    details: tuple[Spoken, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Names under one heading; the heading is empty where the list is not grouped."""

    title: str
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The signatories of one kind. `remark` says who is left out, if anybody."""

    title: str
    size: str
    groups: tuple[Group, ...]
    remark: str = ""
    is_dense: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the imprint; `is_code` marks what is compared letter by letter."""

    label: str
    value: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What the machine says on a sheet, in the interface language `language`."""

    language: str
    copy_to: str
    undersigned: str
    imprint: str
    page: str
    notes: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter in one language, ready to be set. `running` heads every page but the first; `day` is the date (ISO)."""

    language: str
    words: Words
    campaign: str
    contact: str
    address: str
    date: str
    day: str
    title: Spoken
    running: str
    addressees: tuple[tuple[Spoken, ...], ...]
    cc: tuple[tuple[Spoken, ...], ...]
    passages: tuple[Passage, ...]
    notes: Mapping[str, Note]
    chapters: tuple[Chapter, ...]
    tally: tuple[tuple[str, str], ...]
    imprint: tuple[Fact, ...]
    notice: str = ""
