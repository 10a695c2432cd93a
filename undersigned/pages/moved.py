"""Addresses of letters and stories that are no more: pages that lead on, and lists by which the program answers."""

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
from undersigned.stories.published import withdrawn

LIST, WITHDRAWN = "moved.json", "withdrawn.json"
UNTOLD = frozenset({LIST, WITHDRAWN, "404.html"})
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
    """From each former slug of the released `letters` and of stories that were published to today's, and from each
    edition to the newest, as JSON."""
    found = list(letters)
    former = FormerSlug.objects.filter(letter__in=found).select_related("letter")
    editions = Edition.objects.filter(letter__in=found).select_related("letter")
    moved = {row.slug: row.letter.slug for row in former}
    for row in editions:
        kit = f"{row.letter.slug}/{KIT}"
        moved |= {f"{kit}/{number}": kit for number in range(1, row.number + 1)}
    stories = FormerStorySlug.objects.exclude(story__publication=Publication.UNPUBLISHED).select_related("story")
    moved |= {f"stories/{row.slug}": f"stories/{row.story.slug}" for row in stories}
    return json.dumps(moved, sort_keys=True, indent=1) + "\n"


def withdrawn_list() -> str:
    """The addresses of withdrawn stories, as JSON: what stands there says so, and is answered as gone (410)."""
    return json.dumps(sorted(f"stories/{slug}" for slug in withdrawn().values_list("slug", flat=True)), indent=1) + "\n"
