"""The body of a letter or story as it is read: passages, numbered demands, notes that say where figures come from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from undersigned.letters.blocks import Kind
from undersigned.letters.content import ParallelBlock, Wording
from undersigned.letters.inline import inline_html, plain, read
from undersigned.lib.languages import direction, run_on
from undersigned.pages.figures import as_of
from undersigned.pages.frame import interface_tag

SHORT = {"latin": 64, "dense": 26}
"""How many characters of a demand stand in the table of demands, in alphabets and in Han or Hangul."""
REFERENCE = (
    '<sup class="ref" id="{anchor}"><a href="#note-{number}" role="doc-noteref">{number}</a>'
    '<button type="button" popovertarget="footnote-{number}" {label}>{number}</button></sup>'
)
"""A reference twice: the button opens its note in place; browsers that cannot do that show the link to it instead."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One block as HTML; `items` are those of a list, `speaker` and `office` those of a quotation."""

    anchor: str
    kind: str
    html: SafeString
    language: str = ""
    level: int = 0
    number: int = 0
    is_ordered: bool = False
    items: tuple[SafeString, ...] = ()
    speaker: str = ""
    office: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Passages that stand together: either all demands, or none."""

    is_demands: bool
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One note: the source, what is known of the figure that it carries, and where it is referred to."""

    number: int
    html: SafeString
    facts: tuple[str, ...]
    references: tuple[str, ...]

    @property
    def remark(self) -> str:
        """All that is known of the figure, in a row."""
        return run_on(self.facts)


@dataclass(frozen=True, slots=True)
class Body:
    """The text of one language."""

    stretches: tuple[Stretch, ...]
    notes: tuple[Note, ...]

    @property
    def demands(self) -> tuple[Passage, ...]:
        """All demands, in their order."""
        return tuple(passage for stretch in self.stretches if stretch.is_demands for passage in stretch.passages)


class Text(Protocol):
    """What has blocks in several languages: the content of a letter, or an article."""

    @property
    def blocks(self) -> tuple[ParallelBlock, ...]: ...


def body(content: Text, language: str) -> Body:
    """The body of `content` in `language`; a block that this language lacks is left out."""
    notes = _Notes(language)
    passages = list(_passages(content.blocks, language, notes))
    return Body(tuple(_stretches(passages)), notes.all())


@dataclass(slots=True)
class _Entry:
    """A note under construction."""

    html: SafeString
    facts: dict[str, None] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)


class _Notes:
    """Gives notes their numbers, in the order in which the page refers to them."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.entries: dict[str, _Entry] = {}

    def refer(self, label: str, text: str) -> SafeString:
        """The HTML of one more reference to the note `label`."""
        entry = self.entries.setdefault(label, _Entry(mark_safe(inline_html(text))))  # noqa: S308  (inline_html is safe)
        number = list(self.entries).index(label) + 1
        anchor = f"ref-{number}" + (f"-{len(entry.references) + 1}" if entry.references else "")
        entry.references.append(anchor)
        return format_html(REFERENCE, anchor=anchor, number=number, label=self._label(number))

    def _label(self, number: int) -> SafeString:
        """What the button that opens a note is called, in the language of the interface."""
        tag = interface_tag(self.language)
        label = _("Note %(number)s") % {"number": number}
        if tag == self.language:
            return format_html('aria-label="{}"', label)
        return format_html('aria-label="{}" lang="{}" dir="{}"', label, tag, direction(tag))

    def tell(self, label: str, facts: Iterable[str]) -> None:
        """Say something about the figure that the note `label` carries."""
        self.entries[label].facts.update(dict.fromkeys(facts))

    def all(self) -> tuple[Note, ...]:
        return tuple(
            Note(number, entry.html, tuple(entry.facts), tuple(entry.references))
            for number, entry in enumerate(self.entries.values(), start=1)
        )


def _passages(blocks: Iterable[ParallelBlock], language: str, notes: _Notes) -> Iterator[Passage]:
    number = 0
    for block in blocks:
        wording = block.wordings.get(language)
        if wording is None:
            continue
        number += block.kind == Kind.DEMAND
        yield _passage(block, wording, number, notes)


def _passage(block: ParallelBlock, wording: Wording, number: int, notes: _Notes) -> Passage:
    refer = _Reference({source.label: source.text for source in wording.sources}, notes)
    lines = wording.text.split("\n") if block.kind == Kind.LIST else [wording.text]
    items = tuple(mark_safe(inline_html(line, refer)) for line in lines)  # noqa: S308  (inline_html is safe)
    closing = _facts_of(block, wording, notes)
    return Passage(
        anchor=f"text-{block.key}",
        kind=block.kind.value,
        html=items[0] + closing,
        level=block.level,
        number=number if block.kind == Kind.DEMAND else 0,
        is_ordered=block.ordered,
        items=items if block.kind == Kind.LIST else (),
        speaker=wording.facts.get("speaker", ""),
        office=wording.facts.get("office", ""),
        short=_short(wording.text) if block.kind == Kind.DEMAND else "",
    )


@dataclass(frozen=True, slots=True)
class _Reference:
    """Makes references to the sources of one block."""

    sources: Mapping[str, str]
    notes: _Notes

    def __call__(self, label: str) -> str:
        return self.notes.refer(label, self.sources[label]) if label in self.sources else ""


def _facts_of(block: ParallelBlock, wording: Wording, notes: _Notes) -> SafeString:
    """Tell a claim's facts in its first note; where it has no source, in a note of their own, referred to here."""
    facts = claim_facts(wording.facts, notes.language) if block.kind == Kind.CLAIM else ()
    if not facts:
        return SafeString("")
    if wording.sources and wording.sources[0].label in notes.entries:
        notes.tell(wording.sources[0].label, facts)
        return SafeString("")
    label = f"#{block.key}"  # no label of a footnote that stands in a text begins so
    reference = notes.refer(label, "")
    notes.tell(label, facts)
    return reference


def claim_facts(facts: Mapping[str, str], language: str) -> tuple[str, ...]:
    """What is known of a figure, as sentences: as of when, in which bounds, on whose word."""
    bounds = {
        "about": _("The figure is approximate."),
        "at-least": _("The figure is a lower bound."),
        "at-most": _("The figure is an upper bound."),
    }
    bound, hedge = facts.get("bound", ""), facts.get("hedge", "")
    told = (
        _("As of %(date)s.") % {"date": as_of(facts["as-of"], interface_tag(language))} if facts.get("as-of") else "",
        bounds.get(bound, bound),
        _("As reported by others.") if hedge == "reportedly" else hedge,
    )
    return tuple(sentence for sentence in told if sentence)


def _stretches(passages: Iterable[Passage]) -> Iterator[Stretch]:
    together: list[Passage] = []
    for passage in passages:
        if together and (together[-1].number > 0) != (passage.number > 0):
            yield Stretch(together[-1].number > 0, tuple(together))
            together = []
        together.append(passage)
    if together:
        yield Stretch(together[-1].number > 0, tuple(together))


def _short(text: str) -> str:
    """The beginning of a demand, for the table of demands: its first clause, or as many words as fit."""
    words = plain(read(text)).strip().rstrip(";；.。,，")
    is_dense = any("\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" for character in words)
    limit = SHORT["dense" if is_dense else "latin"]
    clause = next((words[:at] for at in _clause_ends(words) if limit // 4 <= at <= limit), "")
    if clause:
        return clause
    if len(words) <= limit:
        return words
    cut = words[:limit].rpartition(" ")[0] or words[:limit]
    return cut.rstrip(",，、") + "…"


def _clause_ends(words: str) -> list[int]:
    return [at for at, character in enumerate(words) if character in ",，;；、"]
