"""The list of released letters, newest first, in each interface language; and the page where one chooses a language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.letters.models import Letter
from undersigned.lib.languages import autonym, interface_for
from undersigned.pages.figures import long_date
from undersigned.pages.frame import Frame, Place, interface_tag, language_links, letter_frame, site_frame
from undersigned.pages.letter import releases_of
from undersigned.pages.said import Said, said
from undersigned.pages.story_list import StoryItem, items_of, latest
from undersigned.pages.tally import Figures, TallyView, figures, tally
from undersigned.releases.models import Release
from undersigned.stories.models import Story

Figured = Mapping[UUID, Figures]
NOT_GIVEN: Figured = {}
DEFAULT = "en"
"""In this language `/` is: nobody is redirected by what their browser tells."""


@dataclass(frozen=True, slots=True)
class Item:
    """One letter in the list."""

    href: str
    headline: Said
    deck: Said
    kicker: str
    day: str
    tally: TallyView


@dataclass(frozen=True, slots=True)
class IndexPage:
    """The list in one interface language."""

    frame: Frame
    items: tuple[Item, ...]
    stories: tuple[StoryItem, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A letter in one of its languages: the language's own name, and the headline in it."""

    language: str
    autonym: str
    headline: str
    href: str


@dataclass(frozen=True, slots=True)
class ChooserPage:
    """The languages of one letter."""

    frame: Frame
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list shows of released letters, asked for once for all its languages."""

    letters: tuple[Letter, ...]
    releases: Mapping[UUID, Release]
    figures: Mapping[UUID, Figures]
    stories: tuple[Story, ...]


def listed(letters: Iterable[Letter], figured: Figured = NOT_GIVEN) -> Listed:
    """What is shown of `letters`, which are released, the newest first.

    What a letter counts is asked for unless `figured` has it.
    """
    newest_first = sorted(letters, key=lambda letter: (letter.released_at, letter.slug), reverse=True)
    counted = {letter.pk: figured.get(letter.pk) or figures(letter) for letter in newest_first}
    return Listed(tuple(newest_first), releases_of(newest_first), counted, tuple(latest()))


def index_page(shown: Listed, language: str) -> IndexPage:
    """The list of letters, for readers of the interface language `language`."""
    with translation.override(interface_for(language)):
        frame = site_frame(language, _("Joint letters"), lambda tag: f"/{tag}/")
        items = tuple(_item(shown, letter, language) for letter in shown.letters)
        frame = replace(frame, default="/", description=settings.SITE_NAME)
        return IndexPage(frame, items, items_of(shown.stories, language), f"/{interface_tag(language)}/stories/")


def chooser_page(letter: Letter) -> ChooserPage:
    """The page at `/{slug}/`: plain links to each language, in the order of the coalition."""
    place, first = Place.public(letter), letter.languages[0]
    title = letter.text_of("subject", first)
    frame = replace(
        letter_frame(letter, first, place, title),
        language=interface_tag(first),
        canonical=f"/{letter.slug}/",
        default=f"/{letter.slug}/",
        links=language_links(letter.languages, "", place.path),
    )
    choices = (Choice(tag, autonym(tag), letter.text_of("subject", tag), place.path(tag)) for tag in letter.languages)
    return ChooserPage(frame, tuple(choices))


def _item(shown: Listed, letter: Letter, language: str) -> Item:
    others = (letter.prevailing, *letter.languages)
    chosen = language if language in letter.languages else next(tag for tag in others if tag)
    day = _day(letter, shown.releases.get(letter.pk))
    return Item(
        href=f"/{letter.slug}/{chosen}/",
        headline=said(letter.subject, language, others),
        deck=said(letter.summary, language, others),
        kicker=_("Joint letter · %(date)s") % {"date": long_date(day, language)},
        day=day.isoformat(),
        tally=tally(letter, language, figured=shown.figures[letter.pk]),
    )


def _day(letter: Letter, release: Release | None) -> date:
    """The day of the release, by the wall clock of its zone."""
    return date.fromisoformat(release.wall_time[:10]) if release else letter.date
