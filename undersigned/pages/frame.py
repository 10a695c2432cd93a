"""The frame around every public page: whose it is, in which languages it is, where its other pages are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from undersigned.letters.models import Letter
from undersigned.lib.languages import INTERFACE, autonym, direction, interface_for
from undersigned.pages.reader import choices, stands_upright

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The same page in one language."""

    language: str
    href: str
    is_current: bool = False

    @property
    def autonym(self) -> str:
        return autonym(self.language)

    @property
    def address(self) -> str:
        """The whole address, as search engines want it."""
        return settings.SITE_URL + self.href


@dataclass(frozen=True, slots=True)
class Frame:
    """What `pages/frame.html` needs, as `frame` in the context.

    `language` is that in which the page's main part is written, as HTML's `lang` has it. `canonical` is the page's
    path; a page without one is not for search engines, and no `hreflang` leads to it. `default` is the path of the
    page where one chooses a language. `privacy`, `find`, `log` and `worker`, the script that keeps the
    text for readers without a connection, are paths, left out where empty.
    """

    language: str
    title: str
    campaign: str
    home: str
    links: tuple[LanguageLink, ...] = ()
    description: str = ""
    canonical: str = ""
    default: str = ""
    privacy: str = ""
    find: str = ""
    log: str = ""
    worker: str = ""
    is_demonstration: bool = False

    @property
    def direction(self) -> Direction:
        return direction(self.language)

    @property
    def machine(self) -> str:
        """The language of the interface on this page."""
        return interface_tag(self.language)

    @property
    def voice(self) -> SafeString:
        return voice(self.language)

    @property
    def settings(self) -> SafeString:
        """The reader's settings, in the interface language that is active."""
        return _settings(self.language, translation.get_language())

    @property
    def header(self) -> SafeString:
        """What stands above the text."""
        links, active = self.links, translation.get_language()
        return _header(self.language, self.home, self.campaign, links, self.is_demonstration, active)

    @property
    def footer(self) -> SafeString:
        """What stands below the text, and leads to the other pages."""
        ways = (self.privacy, self.find, self.log, self.source)
        return _footer(self.language, ways, translation.get_language())

    @property
    def stands_upright(self) -> bool:
        """Whether the text of this page can be read in vertical lines."""
        return stands_upright(self.language)

    @property
    def canonical_address(self) -> str:
        return settings.SITE_URL + self.canonical if self.canonical else ""

    @property
    def default_address(self) -> str:
        return settings.SITE_URL + self.default if self.default else ""

    @property
    def newsletter(self) -> str:
        """Where one asks for the newsletter, in the language of the interface."""
        return f"/{self.machine}/newsletter/"

    @property
    def source(self) -> str:
        """Where this program's source is to be had, as its licence asks; empty where the operator named no place."""
        return str(settings.SOURCE_URL)


@lru_cache(maxsize=256)
def _header(
    language: str,
    home: str,
    campaign: str,
    links: tuple[LanguageLink, ...],
    is_demonstration: bool,
    _active: str | None,
) -> SafeString:
    """It is the same on many pages of a letter: drawn once."""
    frame = Frame(language, "", campaign, home, links, is_demonstration=is_demonstration)
    return mark_safe(render_to_string("pages/frame/header.html", {"frame": frame}))  # noqa: S308  a template of ours


@lru_cache(maxsize=256)
def _footer(language: str, ways: tuple[str, ...], _active: str | None) -> SafeString:
    """As the header is. `ways` are the paths of the frame that it leads to, and the address of the source."""
    frame = Frame(language, "", "", "", privacy=ways[0], find=ways[1], log=ways[2])
    return mark_safe(render_to_string("pages/frame/footer.html", {"frame": frame}))  # noqa: S308  a template of ours


@lru_cache(maxsize=128)
def _settings(language: str, _active: str | None) -> SafeString:
    """They are on every page, and the same on all in one language: drawn once."""
    context = {"choices": tuple(choices(language)), "voice": voice(language)}
    return mark_safe(render_to_string("pages/reader/settings.html", context))  # noqa: S308  a template of ours


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a letter stands: what precedes each language (`/slug`, `/i/token`), and what follows it.

    A private place is kept from search engines, and its languages are not linked for them.
    """

    root: str
    rest: str = ""
    is_private: bool = False

    @classmethod
    def public(cls, letter: Letter, rest: str = "") -> "Place":
        """`/{slug}/{language}/{rest}`"""
        return cls(f"/{letter.slug}", rest)

    def path(self, language: str) -> str:
        return f"{self.root}/{language}/{self.rest}"


def letter_frame(letter: Letter, language: str, place: Place, title: str) -> Frame:
    """The frame of a page about `letter` which the machine writes: a form, the privacy notice, an answer."""
    return Frame(
        language=interface_tag(language),
        title=title,
        campaign=letter.text_of("campaign", language) or letter.controller,
        home=f"{place.root}/{language}/",
        links=language_links(letter.languages, language, place.path),
        canonical="" if place.is_private else place.path(language),
        privacy=f"/{letter.slug}/{language}/privacy/" if letter.is_public else "",
        find=f"/{letter.slug}/{language}/find/" if letter.is_public else "",
        log=f"/{letter.slug}/{language}/log/" if letter.is_public else "",
        is_demonstration=letter.is_demonstration,
    )


def site_frame(language: str, title: str, path: Callable[[str], str]) -> Frame:
    """The frame of a page of the whole site, in an interface language; `path` gives its address in each of them."""
    return Frame(
        language=interface_tag(language),
        title=title,
        campaign=settings.SITE_NAME,
        home=f"/{interface_tag(language)}/",
        links=language_links(INTERFACE, language, path),
        canonical=path(language),
    )


def language_links(
    languages: list[str] | tuple[str, ...], current: str, path: Callable[[str], str]
) -> tuple[LanguageLink, ...]:
    """The language switch of a page."""
    return tuple(LanguageLink(tag, path(tag), tag == current) for tag in languages)


@lru_cache(maxsize=128)
def voice(language: str) -> SafeString:
    """Attributes for what the machine says on a page in `language`, where it speaks another one."""
    machine = interface_tag(language)
    if machine.partition("-")[0] == language.partition("-")[0]:
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', machine, direction(machine))


@lru_cache(maxsize=128)
def interface_tag(language: str) -> str:
    """The tag of the interface language nearest to `language`, as HTML's `lang` wants it."""
    code = interface_for(language)
    return next(tag for tag in INTERFACE if tag.lower() == code)


def render(template: str, frame: Frame, **views: object) -> str:
    """The whole page, in the interface language nearest to its frame's."""
    context: Mapping[str, object] = {**views, "frame": frame}
    with translation.override(interface_for(frame.language)):
        return render_to_string(template, dict(context))
