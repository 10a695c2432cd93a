"""The released letters as a feed in each interface language, and the map of all pages for search engines."""

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.letters.models import Letter
from undersigned.lib.languages import INTERFACE, interface_for
from undersigned.pages.index import Item, Listed, index_page, listed
from undersigned.pages.story_place import story_place
from undersigned.stories.published import published

ATOM = "http://www.w3.org/2005/Atom"
MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
FEED, SITEMAP = "letters.xml", "sitemap.xml"
STORIES = 5000
"""So many stories are on the map, the newest; search engines take 50,000 addresses (sitemaps.org)."""


def feed(shown: Listed, language: str) -> bytes:
    """The letters, newest first, as Atom (RFC 4287) for readers of the interface language `language`."""
    found, items = shown.letters, index_page(shown, language).items
    with translation.override(interface_for(language)):
        title = _("Joint letters")
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language})
    address = f"{settings.SITE_URL}/{language}/"
    _add(root, "title", f"{title} · {settings.SITE_NAME}")
    _add(root, "id", address)
    _add(root, "link", rel="alternate", type="text/html", href=address)
    _add(root, "link", rel="self", type="application/atom+xml", href=f"{address}{FEED}")
    _add(root, "updated", _moment(found[0]) if found else "1970-01-01T00:00:00Z")
    for letter, item in zip(found, items, strict=True):
        _entry(ET.SubElement(root, "entry"), letter, item, language)
    return _written(root)


def sitemap(letters: Iterable[Letter]) -> bytes:
    """Every page that search engines may show, each with the same page in other languages."""
    root = ET.Element("urlset", {"xmlns": MAP, "xmlns:xhtml": XHTML})
    for same in _pages(letters):
        for _tag, path in same:
            url = ET.SubElement(root, "url")
            _add(url, "loc", settings.SITE_URL + path)
            for tag, other in same:
                _add(url, "xhtml:link", rel="alternate", hreflang=tag, href=settings.SITE_URL + other)
    return _written(root)


def _pages(letters: Iterable[Letter]) -> Iterator[list[tuple[str, str]]]:
    """Language and path of each page, together with the same page in other languages."""
    yield [(tag, f"/{tag}/") for tag in INTERFACE]
    for letter in letters:
        for rest in ("", "kit/", "privacy/"):
            yield [(tag, f"/{letter.slug}/{tag}/{rest}") for tag in letter.languages]
    stories = list(published()[:STORIES])
    if stories:
        yield [(tag, f"/{tag}/stories/") for tag in INTERFACE]
    for story in stories:
        yield [(tag, story_place(story).path(tag)) for tag in story.languages]


def feeds(letters: Iterable[Letter]) -> Iterator[tuple[str, bytes]]:
    """The feeds of letters, by their paths."""
    shown = listed(letters)
    for tag in INTERFACE:
        yield f"{tag}/{FEED}", feed(shown, tag)


def _entry(entry: ET.Element, letter: Letter, item: Item, language: str) -> None:
    _add(entry, "title", item.headline.text, **({"xml:lang": item.headline.language} if item.headline.language else {}))
    _add(entry, "id", f"urn:uuid:{letter.pk}")
    _add(entry, "link", rel="alternate", type="text/html", href=settings.SITE_URL + item.href)
    _add(entry, "published", _moment(letter))
    _add(entry, "updated", _moment(letter))
    _add(ET.SubElement(entry, "author"), "name", letter.text_of("campaign", language) or letter.controller)
    if item.deck:
        _add(entry, "summary", item.deck.text)


def _moment(letter: Letter) -> str:
    return letter.released_at.strftime("%Y-%m-%dT%H:%M:%SZ") if letter.released_at else ""


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text or None


def _written(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return written + b"\n"
