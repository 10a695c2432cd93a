"""What others' programs are told of a letter or a story: social media, search engines, sites that show a piece."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from undersigned.lib.languages import locale_of
from undersigned.pages.card import HEIGHT, WIDTH
from undersigned.pages.frame import LanguageLink
from undersigned.pages.kit import Shown
from undersigned.pages.letter import LetterPage
from undersigned.pages.story import StoryPage

COUNTER, WHOLE = "counter", "letter"
"""What another site can show in a frame: the count alone, or the letter with the way to sign it."""

SIZES = {COUNTER: (480, 260), WHOLE: (720, 900)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Open Graph of one page, for where somebody passes it on. All addresses are whole ones; `oembed` may be empty."""

    title: str
    description: str
    address: str
    site: str
    locale: str
    other_locales: tuple[str, ...]
    image: str
    image_size: tuple[int, int]
    image_says: str
    oembed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing(Preview):
    """Open Graph, oEmbed and schema.org of one letter in one language."""

    language: str
    version: str
    contact: str
    published: str
    translations: tuple[LanguageLink, ...]


def sharing(kit: Shown, language: str, page: LetterPage) -> Sharing:
    """What is told of a public letter; without a picture while its kit is being made for the first time."""
    letter, image = kit.letter, _whole(kit.card(language))
    title, description = page.headline.text, page.deck.text or page.frame.description
    return Sharing(
        title=title,
        description=description,
        address=page.frame.canonical_address,
        site=page.frame.campaign,
        locale=_locale(language),
        other_locales=tuple(_locale(tag) for tag in letter.languages if tag != language),
        image=image,
        image_size=(WIDTH, HEIGHT),
        image_says=_("“%(headline)s”, a joint letter of %(campaign)s")
        % {"headline": title, "campaign": page.frame.campaign},
        oembed=f"{page.frame.canonical_address}oembed.json",
        language=language,
        version=page.version,
        contact=letter.contact,
        published=letter.released_at.isoformat() if letter.released_at else "",
        translations=tuple(link for link in page.frame.links if link.language != language),
    )


def of_story(page: StoryPage) -> Preview:
    """What is told of a published story; its picture is the one that stands in it."""
    frame, picture = page.frame, page.picture
    return Preview(
        title=page.headline.text,
        description=page.deck.text or frame.description,
        address=frame.canonical_address,
        site=frame.campaign,
        locale=_locale(frame.language),
        other_locales=tuple(_locale(link.language) for link in frame.links if link.language != frame.language),
        image=_whole(picture.wide) if picture else "",
        image_size=(picture.width, picture.height) if picture else (0, 0),
        image_says=picture.alternative if picture else "",
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
    image = _whole(kit.card(language))
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


def _whole(path: str) -> str:
    return settings.SITE_URL + path if path else ""


def _locale(tag: str) -> str:
    """`ko_KR`, as Open Graph writes languages; the region where most of its readers live unless the tag has one."""
    found = locale_of(tag)
    if found is None:
        return tag.replace("-", "_")
    regions = {"ko": "KR", "en": "GB", "zh_Hans": "CN", "zh_Hant": "TW", "ja": "JP", "ar": "AR"}
    script = f"{found.language}_{found.script}" if found.script else found.language
    return f"{found.language}_{found.territory or regions.get(script, found.language.upper())}"
