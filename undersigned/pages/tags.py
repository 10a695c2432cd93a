"""What social media are told of a page when somebody passes it on: Open Graph, which others read too."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from undersigned.lib.languages import locale_of
from undersigned.pages.frame import Frame


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that is shown with the page; `address` is whole."""

    address: str
    width: int
    height: int
    says: str


@dataclass(frozen=True, slots=True)
class Tags:
    """What `pages/tags.html` shows. All addresses are whole ones; `published` and `modified` are instants (ISO)."""

    title: str
    description: str
    address: str
    site: str
    locale: str
    other_locales: tuple[str, ...]
    image: Image | None
    published: str = ""
    modified: str = ""


def tags(frame: Frame, title: str, description: str, languages: Iterable[str], image: Image | None) -> Tags:
    """The tags of the page of `frame`, which can be read in each of `languages`."""
    return Tags(
        title=title,
        description=description or frame.description,
        address=frame.canonical_address,
        site=frame.campaign,
        locale=_locale(frame.language),
        other_locales=tuple(_locale(tag) for tag in languages if tag != frame.language),
        image=image,
    )


def whole(path: str) -> str:
    """The whole address of a path of ours; empty where there is none."""
    return settings.SITE_URL + path if path else ""


def _locale(tag: str) -> str:
    """`ko_KR`, as Open Graph writes languages; the region where most of its readers live unless the tag has one."""
    found = locale_of(tag)
    if found is None:
        return tag.replace("-", "_")
    regions = {"ko": "KR", "en": "GB", "zh_Hans": "CN", "zh_Hant": "TW", "ja": "JP", "ar": "AR"}
    script = f"{found.language}_{found.script}" if found.script else found.language
    return f"{found.language}_{found.territory or regions.get(script, found.language.upper())}"
