"""Refusals as the desk says them: in the user's language, beside the field that they are about."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext

from undersigned.lib.refusal import Refusal, Refused


def explain(refusal: Refusal) -> str:
    """The refusal's sentence in the language of the page; a refusal among its facts is explained too."""
    facts = {name: explain(fact) if isinstance(fact, Refusal) else fact for name, fact in refusal.facts.items()}
    return gettext(refusal.message) % facts


def refusals_of(act: Callable[[], object]) -> list[Refusal]:
    """What speaks against `act`; nothing when it was done."""
    try:
        act()
    except Refusal as refusal:
        return [refusal]
    except Refused as refused:
        return refused.refusals
    return []


def by_field(refusals: Iterable[Refusal]) -> dict[str, list[str]]:
    """The sentences, by the field that each stands beside; those about the whole stand under "whole"."""
    told: dict[str, list[str]] = {}
    for refusal in refusals:
        told.setdefault(refusal.field or "whole", []).append(explain(refusal))
    return told


def status_of(refusals: Iterable[Refusal]) -> int:
    """The HTTP status of a page that shows these refusals."""
    return max((refusal.status for refusal in refusals), default=200)
