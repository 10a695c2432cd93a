"""The Atom feed of one language (RFC 4287): its newest stories, with their editions as updates."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.lib.languages import interface_for
from undersigned.pages.said import said
from undersigned.pages.story_list import feed_address
from undersigned.pages.story_place import newest_edition, story_place
from undersigned.stories.models import Story

ENTRIES = 30
ATOM = "http://www.w3.org/2005/Atom"


def atom_feed(stories: Iterable[Story], language: str) -> bytes:
    """The feed of `stories`, which are published, newest first, and in `language`."""
    newest = list(stories)[:ENTRIES]
    with translation.override(interface_for(language)):
        title = f"{settings.SITE_NAME} · {_('Stories')}"
    feed = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": language})
    address = settings.SITE_URL + feed_address(language)
    _add(feed, "id", uuid5(NAMESPACE_URL, address).urn)
    _add(feed, "title", title)
    _add(feed, "updated", _moment(max(newest_edition(story).published_at for story in newest)))
    _add(feed, "link", rel="self", type="application/atom+xml", href=address)
    for story in newest:
        _entry(feed, story, language)
    ElementTree.indent(feed, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(feed, encoding="unicode").encode() + b"\n"


def _entry(feed: ElementTree.Element, story: Story, language: str) -> None:
    edition = newest_edition(story)
    article, entry = edition.article, ElementTree.SubElement(feed, "entry")
    _add(entry, "id", uuid5(story.pk, language).urn)
    _add(entry, "title", article.headline[language])
    _add(entry, "link", rel="alternate", type="text/html", href=settings.SITE_URL + story_place(story).path(language))
    _add(entry, "published", _moment(story.published_at or edition.published_at))
    _add(entry, "updated", _moment(edition.published_at))
    for author in article.authors:
        person = ElementTree.SubElement(entry, "author")
        _add(person, "name", said(author.name, language, article.languages).text)
        _add(person, "uri" if author.contact.startswith("http") else "email", author.contact)
    if article.subheadline.get(language):
        _add(entry, "summary", article.subheadline[language])


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = text or None


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
