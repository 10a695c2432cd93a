"""Former addresses of letters: a page that leads on, and a list by which the program redirects."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from undersigned.kit.models import Edition
from undersigned.letters.models import FormerSlug, Letter
from undersigned.pages.frame import Frame, Place, letter_frame

LIST = "moved.json"
KIT = "kit"
"""Below a letter's address, where its kit is public; an edition's number may stand between it and a file."""


@dataclass(frozen=True, slots=True)
class MovedPage:
    """What stands at an old address, for web servers that cannot redirect: it leads to `href` by itself."""

    frame: Frame
    headline: str
    language: str
    href: str


def moved_page(letter: Letter, language: str, *, is_chooser: bool = False) -> MovedPage:
    """The page at a former address of the page in `language`, or of that where one chooses a language."""
    place = Place.public(letter)
    headline = letter.text_of("subject", language)
    href = f"{place.root}/" if is_chooser else place.path(language)
    return MovedPage(letter_frame(letter, language, place, headline), headline, language, href)


def moved_list(letters: Iterable[Letter]) -> str:
    """From each former slug of the released `letters` to today's, and from each edition to the newest, as JSON."""
    found = list(letters)
    former = FormerSlug.objects.filter(letter__in=found).select_related("letter")
    editions = Edition.objects.filter(letter__in=found).select_related("letter")
    moved = {row.slug: row.letter.slug for row in former}
    for row in editions:
        kit = f"{row.letter.slug}/{KIT}"
        moved |= {f"{kit}/{number}": kit for number in range(1, row.number + 1)}
    return json.dumps(moved, sort_keys=True, indent=1) + "\n"
