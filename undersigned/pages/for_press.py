"""What the press gets besides the letter: the press release, the quotations, and what may be printed beside it."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from undersigned.kit.models import PressPicture, PressRelease
from undersigned.kit.press import Release, blocks_of
from undersigned.kit.sheet import Fact, Passage, Sheet, Spoken
from undersigned.letters.blocks import Block, Kind
from undersigned.letters.content import ParallelBlock, Wording
from undersigned.letters.inline import plain
from undersigned.letters.models import Letter, Version
from undersigned.lib.languages import interface_for
from undersigned.pages.figures import city, long_date, wall_time
from undersigned.pages.frame import interface_tag
from undersigned.pages.letter import release_of
from undersigned.pages.printed import Notes, passages, words


def press_sheet(letter: Letter, row: PressRelease) -> Sheet:
    """The press release in its language, ready to be set as a letter is."""
    with translation.override(interface_for(row.language)):
        notes = Notes(row.language)
        blocks = _parallel(blocks_of(Release(row.headline, row.source)), row.language)
        text = tuple(passages(blocks, row.language, notes))
        return _sheet(letter, row, text, notes)


def quotations(letter: Letter, version: Version, row: PressRelease | None, language: str) -> bytes:
    """All that can be quoted, with speaker and office: from the press release, then from the letter."""
    with translation.override(interface_for(language)):
        blocks = [*_quotations_of_press(row), *version.content.blocks]
        found = passages([block for block in blocks if block.kind == Kind.QUOTATION], language, Notes(language))
        said = (_quoted(passage) for passage in found)
        return "\n\n".join(said).encode() + b"\n"


def captions(pictures: Iterable[PressPicture], language: str) -> bytes:
    """What each picture and logo shows, whose it is, and under which terms it may be printed."""
    with translation.override(interface_for(language)):
        told = ("\n".join(_told(picture, language)) for picture in pictures)
        return "\n\n".join(told).encode() + b"\n"


def _sheet(letter: Letter, row: PressRelease, text: tuple[Passage, ...], notes: Notes) -> Sheet:
    tag, language = interface_tag(row.language), row.language
    root = f"{settings.SITE_URL}/{letter.slug}/"
    release = release_of(letter)
    day = date.fromisoformat(release.wall_time[:10]) if release else letter.date
    return Sheet(
        language=language,
        words=words(tag, pgettext("of a press release", "For the press")),
        campaign=letter.text_of("campaign", language) or letter.controller,
        contact=letter.contact,
        address=settings.SITE_URL.partition("://")[2],
        date=long_date(day, language),
        day=day.isoformat(),
        title=Spoken(row.headline),
        running=row.headline,
        addressees=(),
        cc=(),
        passages=text,
        notes=notes.told,
        chapters=(),
        tally=(),
        imprint=(
            Fact(_("Contact"), f"{letter.controller}, {letter.contact}"),
            Fact(_("The letter, and who has signed it since"), root),
            Fact(_("Letter, pictures and quotations to download"), f"{root}{language}/kit/"),
        ),
        notice=_notice(letter, tag),
    )


def _notice(letter: Letter, tag: str) -> str:
    """What this is, and from when on it may be reported; that stays true after the moment."""
    release = release_of(letter)
    told = _("Press release")
    if release:
        moment = wall_time(datetime.fromisoformat(release.wall_time), tag)
        facts = {"moment": moment, "city": city(release.zone, tag)}
        told = _("Press release · not to be published before %(moment)s (%(city)s)") % facts
    if letter.is_demonstration:
        told += " · " + _("Demonstration. Every name, number and event here is invented.")
    return told


def _parallel(blocks: Iterable[Block], language: str) -> Iterator[ParallelBlock]:
    """The blocks of one language, as those of a letter are."""
    for number, block in enumerate(blocks):
        wordings = {language: Wording(block.text, block.sources, block.facts)}
        yield ParallelBlock(block.key or f"b{number}", block.kind, wordings, block.level, block.ordered)


def _quotations_of_press(row: PressRelease | None) -> Iterator[ParallelBlock]:
    if row:
        yield from _parallel(blocks_of(Release(row.headline, row.source)), row.language)


def _quoted(passage: Passage) -> str:
    by = ", ".join(part for part in (passage.speaker, passage.office) if part)
    text = plain(passage.items[0])
    return f"{text}\n— {by}" if by else text


def _told(picture: PressPicture, language: str) -> Iterator[str]:
    yield picture.name
    yield picture.captions.get(language) or next(iter(picture.captions.values()), "")
    yield _("Credit: %(credit)s") % {"credit": picture.credit}
    yield _("Terms of use: %(licence)s") % {"licence": picture.licence}
