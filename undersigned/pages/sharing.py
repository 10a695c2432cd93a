"""What others' programs are told of a letter: social media, search engines, and sites that show a piece of it."""

import json
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from undersigned.pages.card import HEIGHT, WIDTH
from undersigned.pages.frame import LanguageLink
from undersigned.pages.kit import Shown
from undersigned.pages.letter import LetterPage
from undersigned.pages.tags import Image, Tags, tags, whole

COUNTER, WHOLE = "counter", "letter"
"""What another site can show in a frame: the count alone, or the letter with the way to sign it."""

SIZES = {COUNTER: (480, 260), WHOLE: (720, 900)}


@dataclass(frozen=True, slots=True)
class Sharing:
    """Open Graph, oEmbed and schema.org of one letter in one language. All addresses are whole ones."""

    tags: Tags
    oembed: str
    language: str
    version: str
    contact: str
    translations: tuple[LanguageLink, ...]


def sharing(kit: Shown, language: str, page: LetterPage) -> Sharing:
    """What is told of a public letter; without a picture while its kit is being made for the first time."""
    letter, card, title = kit.letter, kit.card(language), page.headline.text
    said = _("“%(headline)s”, a joint letter of %(campaign)s") % {"headline": title, "campaign": page.frame.campaign}
    image = Image(whole(card), WIDTH, HEIGHT, said) if card else None
    told = tags(page.frame, title, page.deck.text, letter.languages, image)
    return Sharing(
        tags=replace(told, published=letter.released_at.isoformat() if letter.released_at else ""),
        oembed=f"{page.frame.canonical_address}oembed.json",
        language=language,
        version=page.version,
        contact=letter.contact,
        translations=tuple(link for link in page.frame.links if link.language != language),
    )


def oembed(kit: Shown, language: str, page: LetterPage) -> str:
    """The letter as oEmbed has it (oembed.com, 2.3.4.4): a frame that shows the count and leads to the letter."""
    width, height = SIZES[COUNTER]
    told = {
        "version": "1.0",
        "type": "rich",
        "title": page.headline.text,
        "author_name": page.frame.campaign,
        "author_url": page.frame.canonical_address,
        "provider_name": settings.SITE_NAME,
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": 60,
        "html": frame_of(COUNTER, page),
        "width": width,
        "height": height,
    }
    image = whole(kit.card(language))
    if image:
        told |= {"thumbnail_url": image, "thumbnail_width": WIDTH, "thumbnail_height": HEIGHT}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def frame_of(what: str, page: LetterPage) -> SafeString:
    """The HTML by which another site shows `what`; it needs no script."""
    width, height = SIZES[what]
    return format_html(
        '<iframe src="{}embed/{}/" title="{}" width="{}" height="{}" loading="lazy" referrerpolicy="no-referrer">'
        "</iframe>",
        page.frame.canonical_address, what, page.headline.text, width, height,
    )  # fmt: skip
