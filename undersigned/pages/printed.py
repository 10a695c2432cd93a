"""A letter as it is printed: the sheet that is set as PDF, written as DOCX and as plain text."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from undersigned.kit import sheet as printed
from undersigned.kit.sheet import Fact, Sheet, Spoken, Words
from undersigned.kit.store import Stand
from undersigned.letters.blocks import Kind as BlockKind
from undersigned.letters.blocks import Source
from undersigned.letters.content import Content, ParallelBlock, Party, Wording
from undersigned.letters.inline import Run, Runs, read
from undersigned.letters.models import Letter, Version
from undersigned.lib.languages import interface_for, language_name, run_on
from undersigned.pages.body import claim_facts
from undersigned.pages.figures import city, long_date, number, wall_time
from undersigned.pages.frame import interface_tag
from undersigned.pages.letter import release_of
from undersigned.pages.roll import Chapter, Entry, Roll, full_roll, listed
from undersigned.pages.said import Said, said
from undersigned.pages.tally import rules, tally
from undersigned.signing.models import Kind

NAMED = 10_000
"""So many supporters are named in print; where there are more, the print says how many and where they stand."""


def sheet(letter: Letter, version: Version, language: str, stand: Stand, edition: int) -> Sheet:
    """The letter in `language`, with everybody who has signed it under a public name."""
    with translation.override(interface_for(language)):
        return _sheet(letter, version, language, stand, edition)


def _sheet(letter: Letter, version: Version, language: str, stand: Stand, edition: int) -> Sheet:
    content, tag = version.content, interface_tag(language)
    notes = Notes(language)
    text = tuple(passages(content.blocks, language, notes))
    title = _spoken(said(content.subject, language, _fallbacks(content)))
    found = tally(letter, tag)
    return Sheet(
        language=language,
        words=words(tag, pgettext("of a printed letter", "About this print")),
        campaign=letter.text_of("campaign", language) or letter.controller,
        contact=letter.contact,
        address=settings.SITE_URL.partition("://")[2],
        date=long_date(date.fromisoformat(content.date), language),
        day=content.date,
        title=title,
        running=title.text,
        addressees=tuple(_party(party, language, content) for party in content.addressees),
        cc=tuple(_party(party, language, content) for party in content.cc),
        passages=text,
        notes=notes.told,
        chapters=tuple(_chapters(letter, language)),
        tally=((found.total, found.label), *((line.number, line.label) for line in found.lines)) if found.lines else (),
        imprint=tuple(_imprint(letter, language, content, stand, edition)),
        notice=_("Demonstration. Every name, number and event in this letter is invented.")
        if letter.is_demonstration
        else "",
    )


def words(tag: str, imprint: str) -> Words:
    """What the machine says on a sheet, in the interface language `tag`, which is active."""
    return Words(
        language=tag,
        copy_to=_("Copy to"),
        undersigned=_("The undersigned"),
        imprint=imprint,
        page=_("Page {page} of {pages}"),
        notes=_("Notes"),
    )


# --- The text ---------------------------------------------------------------------------------------------------------


class Notes:
    """The notes that a text refers to, each once."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.told: dict[str, printed.Note] = {}

    def keep(self, sources: Iterable[Source]) -> None:
        for source in sources:
            self.told.setdefault(source.label, printed.Note(_runs(source.text)))

    def tell(self, label: str, facts: tuple[str, ...]) -> None:
        known = self.told.setdefault(label, printed.Note(()))
        self.told[label] = printed.Note(known.runs, tuple(dict.fromkeys((*known.facts, *facts))))


def passages(blocks: Iterable[ParallelBlock], language: str, notes: Notes) -> Iterator[printed.Passage]:
    """The blocks that this language has, as they are printed; what they refer to is kept in `notes`."""
    count = 0
    for block in blocks:
        wording = block.wordings.get(language)
        if wording is None:
            continue
        count += block.kind == BlockKind.DEMAND
        yield _passage(block, wording, count, notes)


def _passage(block: ParallelBlock, wording: Wording, count: int, notes: Notes) -> printed.Passage:
    notes.keep(wording.sources)
    known = {source.label for source in wording.sources}
    lines = wording.text.split("\n") if block.kind == BlockKind.LIST else [wording.text]
    items = [tuple(run for run in _runs(line) if not run.footnote or run.footnote in known) for line in lines]
    items[-1] += _reference(block, wording, notes)
    return printed.Passage(
        kind=block.kind.value,
        items=tuple(items),
        level=block.level,
        number=count if block.kind == BlockKind.DEMAND else 0,
        is_ordered=block.ordered,
        speaker=wording.facts.get("speaker", ""),
        office=wording.facts.get("office", ""),
    )


def _reference(block: ParallelBlock, wording: Wording, notes: Notes) -> Runs:
    """Tell a claim's facts in its first note; where it has none, in one of their own, which this refers to."""
    facts = claim_facts(wording.facts, notes.language) if block.kind == BlockKind.CLAIM else ()
    if not facts:
        return ()
    if wording.sources:
        notes.tell(wording.sources[0].label, facts)
        return ()
    label = f"#{block.key}"  # no label of a footnote that stands in a text begins so
    notes.tell(label, facts)
    return (Run("", footnote=label),)


def _runs(text: str) -> Runs:
    return read(text)


def _party(party: Party, language: str, content: Content) -> tuple[Spoken, ...]:
    fallbacks = _fallbacks(content)
    postal = said(party.postal, language, fallbacks)
    lines = [said(party.name, language, fallbacks), said(party.title, language, fallbacks)]
    lines += [Said(line.strip(), postal.language) for line in postal.text.splitlines()]
    return tuple(_spoken(line) for line in lines if line)


# --- The signatories --------------------------------------------------------------------------------------------------


def _chapters(letter: Letter, language: str) -> Iterator[printed.Chapter]:
    found: Roll = full_roll(letter, language, NAMED)
    if found.organisations:
        yield _chapter(_("Organisations"), found.organisations)
    if found.persons:
        yield _chapter(_("Persons of note"), found.persons)
    supporters = listed(letter).filter(kind=Kind.SUPPORTER).count()
    if supporters:
        yield _supporters(letter, found, supporters, interface_tag(language))


def _chapter(title: str, chapter: Chapter) -> printed.Chapter:
    groups = tuple(printed.Group(group.title, tuple(map(_name, group.entries))) for group in chapter.groups)
    return printed.Chapter(title, chapter.size, groups)


def _supporters(letter: Letter, found: Roll, count: int, tag: str) -> printed.Chapter:
    where = {"address": f"{settings.SITE_URL.partition('://')[2]}/{letter.slug}/"}
    remark = (
        "" if count <= NAMED else _("They are too many to be named in print; they are listed at %(address)s.") % where
    )
    names = tuple(map(_name, found.supporters)) if not remark else ()
    groups = (printed.Group("", names),) if names else ()
    return printed.Chapter(_("Supporters"), number(count, tag), groups, remark, is_dense=True)


def _name(entry: Entry) -> printed.Name:
    return printed.Name(_spoken(entry.name), _spoken(entry.original), tuple(map(_spoken, entry.details)))


# --- The imprint ------------------------------------------------------------------------------------------------------


def _imprint(letter: Letter, language: str, content: Content, stand: Stand, edition: int) -> Iterator[Fact]:
    version, tag = letter.frozen, interface_tag(language)
    yield Fact(pgettext("of a kit", "Edition"), number(edition, tag))
    release = release_of(letter)
    if release:
        moment = wall_time(datetime.fromisoformat(release.wall_time), tag)
        told = {"moment": moment, "city": city(release.zone, tag)}
        yield Fact(_("Released"), _("%(moment)s (%(city)s)") % told)
    yield Fact(_("Languages"), _languages(content, tag))
    root = f"{settings.SITE_URL}/{letter.slug}/"
    yield Fact(_("The letter, and who has signed it since"), root)
    yield Fact(_("The newest edition of this print"), f"{root}{language}/kit/")
    if version:
        yield Fact(_("SHA-256 of the text"), stand.version, is_code=True)
    yield Fact(_("Public log"), _log(letter, stand, tag))
    if stand.log_root:
        yield Fact(_("Root hash of the log at that size"), stand.log_root, is_code=True)
    yield Fact("", run_on(rules()))


def _log(letter: Letter, stand: Stand, tag: str) -> str:
    if stand.log_size is None:
        return _("%(name)s, which opens with the release") % {"name": letter.origin}
    return _("%(name)s, as of %(size)s entries") % {"name": letter.origin, "size": number(stand.log_size, tag)}


def _languages(content: Content, tag: str) -> str:
    names = ", ".join(language_name(language, tag) for language in content.languages)
    if len(content.languages) == 1:
        return names
    if not content.prevailing:
        return _("%(languages)s. All language versions are equal.") % {"languages": names}
    prevailing = language_name(content.prevailing, tag)
    return _("%(languages)s. The text in %(prevailing)s prevails.") % {"languages": names, "prevailing": prevailing}


def _spoken(told: Said) -> Spoken:
    return Spoken(told.text, told.language)


def _fallbacks(content: Content) -> tuple[str, ...]:
    return tuple(tag for tag in (content.prevailing, *content.languages) if tag)
