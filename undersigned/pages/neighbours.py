"""The letters before and after one in its campaign, once both are public."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from undersigned.letters.models import Letter
from undersigned.pages.said import Said, said

Relation = Literal["prev", "next"]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A letter that leads here or on from here; `relation` as HTML's `rel` has it."""

    relation: Relation
    label: str
    headline: Said
    href: str


def neighbours(letter: Letter, language: str, after: Iterable[Letter]) -> tuple[Neighbour, ...]:
    """What readers of `letter` in `language` may read before it, and of those that come `after` it; nothing that is not
    public."""
    if not letter.is_public:
        return ()
    return tuple(_shown(letter, language, after))


def _shown(letter: Letter, language: str, after: Iterable[Letter]) -> Iterator[Neighbour]:
    before: Iterable[Letter] = [letter.follows] if letter.follows else []
    yield from (_neighbour("prev", _("Previous letter"), other, language) for other in before if other.is_public)
    yield from (_neighbour("next", _("Next letter"), other, language) for other in after if other.is_public)


def _neighbour(relation: Relation, label: str, letter: Letter, language: str) -> Neighbour:
    others = (letter.prevailing, *letter.languages)
    chosen = language if language in letter.languages else next(tag for tag in others if tag)
    return Neighbour(relation, label, said(letter.subject, language, others), f"/{letter.slug}/{chosen}/")
