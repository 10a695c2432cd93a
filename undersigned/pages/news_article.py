"""What search engines and feed readers are told of a story, as schema.org's NewsArticle in JSON-LD.

It stands in a `<script>` that is data: browsers never run it, so that no policy on scripts is about it (HTML, “prepare
the script element”, which leaves a data block alone before it asks the policy).
"""

import json
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from undersigned.pages.frame import Frame
from undersigned.pages.story_place import PictureView
from undersigned.stories.article import Article

_ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
"""What could end a script element early, as JSON may write it too."""


@dataclass(frozen=True, slots=True)
class Dated:
    """When a story was published, and when it was last changed."""

    published: datetime
    modified: datetime


def markup(article: Article, language: str, frame: Frame, picture: PictureView | None, dated: Dated) -> SafeString:
    """The JSON-LD of one language of a story, safe inside a script element."""
    told: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline[language],
        "inLanguage": language,
        "datePublished": dated.published.isoformat(),
        "dateModified": dated.modified.isoformat(),
        "author": [_person(author.name, language) for author in article.authors],
        "publisher": {"@type": "Organization", "name": frame.campaign, "url": f"{settings.SITE_URL}/"},
        "mainEntityOfPage": frame.canonical_address,
        "isAccessibleForFree": True,
    }
    if article.subheadline.get(language):
        told["alternativeHeadline"] = told["description"] = article.subheadline[language]
    if picture:
        told["image"] = {
            "@type": "ImageObject",
            "url": settings.SITE_URL + picture.wide,
            "width": picture.width,
            "height": picture.height,
            "caption": picture.caption.text,
            "creditText": picture.credit,
        }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    return mark_safe(text)  # noqa: S308  (nothing in it can end the element)


def _person(name: object, language: str) -> dict[str, str]:
    names = dict(name) if isinstance(name, dict) else {}
    return {"@type": "Person", "name": names.get(language) or next(iter(names.values()), "")}
