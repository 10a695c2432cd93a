"""Former addresses of letters and stories: a page that leads on, and a list by which the program redirects."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.kit.models import Edition
from undersigned.letters.models import FormerSlug, Letter
from undersigned.lib.languages import interface_for
from undersigned.pages.frame import Frame, Place, letter_frame, render
from undersigned.stories.models import FormerStorySlug, Publication

LIST = "moved.json"
UNTOLD = frozenset({LIST, "404.html"})
"""Files of the public folder that serve the server: no link leads there, and nobody is given them."""
KIT = "kit"
"""Below a letter's address, where its kit is public; an edition's number may stand between it and a file."""


@dataclass(frozen=True, slots=True)
class MovedPage:
    """What stands at an old address, for web servers that cannot redirect: it leads to `href` by itself."""

    frame: Frame
    title: str
    headline: str
    language: str
    href: str


def moved_page(letter: Letter, language: str, *, is_chooser: bool = False) -> MovedPage:
    """The page at a former address of the page in `language`, or of that where one chooses a language."""
    place = Place.public(letter)
    headline = letter.text_of("subject", language)
    href = f"{place.root}/" if is_chooser else place.path(language)
    with translation.override(interface_for(language)):
        title = _("This letter has moved")
    return MovedPage(letter_frame(letter, language, place, headline), title, headline, language, href)


def signposts(folder: str, chooser: MovedPage, pages: Iterable[MovedPage]) -> Iterator[tuple[str, bytes]]:
    """The files in `folder`, a former address: a page for each language, and one where that is chosen."""
    yield f"{folder}index.html", render("pages/moved.html", chooser.frame, page=chooser).encode()
    for page in pages:
        yield f"{folder}{page.language}/index.html", render("pages/moved.html", page.frame, page=page).encode()


def moved_list(letters: Iterable[Letter]) -> str:
    """From each former slug of the released `letters` and of published stories to today's, and from each edition to
    the newest, as JSON."""
    found = list(letters)
    former = FormerSlug.objects.filter(letter__in=found).select_related("letter")
    editions = Edition.objects.filter(letter__in=found).select_related("letter")
    moved = {row.slug: row.letter.slug for row in former}
    for row in editions:
        kit = f"{row.letter.slug}/{KIT}"
        moved |= {f"{kit}/{number}": kit for number in range(1, row.number + 1)}
    stories = FormerStorySlug.objects.filter(story__publication=Publication.PUBLISHED).select_related("story")
    moved |= {f"stories/{row.slug}": f"stories/{row.story.slug}" for row in stories}
    return json.dumps(moved, sort_keys=True, indent=1) + "\n"
