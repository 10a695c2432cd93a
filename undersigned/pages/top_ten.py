"""The top ten stories, as pages show them."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.translation import ngettext

from undersigned.pages.figures import number
from undersigned.pages.frame import interface_tag
from undersigned.pages.said import Said, said
from undersigned.pages.story_place import newest_edition, read_in, story_place
from undersigned.stories.models import Publication, Ranked


@dataclass(frozen=True, slots=True)
class TopStory:
    """One place of the top ten."""

    place: int
    href: str
    headline: Said
    reads: str


def top_ten(language: str, known: str | None = None) -> tuple[TopStory, ...]:
    """The places of today; none before stories are read. Called where the page's language speaks.

    The state in which they are is asked for unless it is `known`.
    """
    return _top_ten(state() if known is None else known, language)


@lru_cache(maxsize=64)
def _top_ten(_state: str, language: str) -> tuple[TopStory, ...]:
    """The places as they are in this state, for each new signature asks for them again."""
    return tuple(
        _place(ranked, language) for ranked in _ranked().select_related("story").prefetch_related("story__editions")
    )


def state() -> str:
    """A digest of all that the top ten shows, in any language: where it differs, pages that show it are stale."""
    facts = list(_ranked().values_list("place", "story__slug", "story__revision", "total"))
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _ranked() -> QuerySet[Ranked]:
    return Ranked.objects.filter(story__publication=Publication.PUBLISHED).order_by("place")


def _place(ranked: Ranked, language: str) -> TopStory:
    story = ranked.story
    article = newest_edition(story).article
    chosen = read_in(story.languages, language)
    told = number(ranked.total, interface_tag(language))
    return TopStory(
        place=ranked.place,
        href=story_place(story).path(chosen),
        headline=said(article.headline, language, (chosen,)),
        reads=ngettext("read about %(times)s time", "read about %(times)s times", ranked.total) % {"times": told},
    )
