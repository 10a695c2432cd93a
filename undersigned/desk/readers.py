"""What is known of readers: by which ways pages are passed on, and which stories are read. Numbers, and no person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from undersigned.desk.access import DeskRequest
from undersigned.lib.clock import now
from undersigned.stories.models import Ranked
from undersigned.stories.referrals import CHANNELS, totals

DAYS = 30


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """How often links of one channel were followed, by language in the order of the table, and together."""

    channel: str
    counts: tuple[tuple[str, int], ...]
    total: int


@require_safe
def readers(request: DeskRequest) -> HttpResponse:
    """Followed links of the last days, by channel and language, and the top ten as readers see it."""
    followed = totals((now() - timedelta(days=DAYS)).date())
    languages = sorted({language for _channel, language in followed})
    facts = {
        "days": DAYS,
        "languages": languages,
        "rows": _rows(followed, languages),
        "ranked": Ranked.objects.select_related("story").order_by("place"),
    }
    return render(request, "desk/readers.html", facts)


def _rows(followed: Mapping[tuple[str, str], int], languages: Sequence[str]) -> list[ChannelRow]:
    """The channels by which anybody came, the busiest first."""
    rows = []
    for channel in CHANNELS:
        counts = tuple((language, followed.get((channel, language), 0)) for language in languages)
        rows.append(ChannelRow(channel, counts, sum(times for _language, times in counts)))
    return sorted((row for row in rows if row.total), key=lambda row: -row.total)
