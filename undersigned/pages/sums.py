"""How many publicly listed names bear each country label, and were listed on each day: kept, so that nobody counts."""

from collections import Counter

from django.db import transaction
from django.db.models import Count, F, QuerySet, TextField
from django.db.models.functions import Cast, Substr

from undersigned.ledger.events import Event
from undersigned.ledger.models import Entry
from undersigned.letters.models import Letter
from undersigned.lib.countries import counts_as_country
from undersigned.pages.models import Sum
from undersigned.pages.roll import listed, listed_by
from undersigned.signing.models import Signature

BATCH = 4096
COUNTRY, DAY, LOG = "country", "day", "log"
"""What is summed up; the sum of `log` is how many of its entries are in the others."""


@transaction.atomic
def sum_up(letter: Letter, size: int, *, anew: bool = False) -> None:
    """Bring the sums of `letter` up to `size` entries of its log; `anew` where names may have left or changed."""
    taken = Sum.objects.filter(letter=letter, of=LOG).values_list("count", flat=True).first()
    if taken is None or anew:
        _sum_up_anew(letter, size)
    elif taken < size:
        entries = Entry.objects.filter(log__origin=letter.origin, index__gte=taken, index__lt=size)
        found = list(entries.values_list("pk", "event"))
        if any(event != Event.SIGNED for _pk, event in found):
            _sum_up_anew(letter, size)
            return
        for start in range(0, len(found), BATCH):
            _add(letter, listed_by([pk for pk, _event in found[start : start + BATCH]]))
        Sum.objects.filter(letter=letter, of=LOG).update(count=size)


def sums(letter: Letter, of: str) -> dict[str, int]:
    """The sums of one sort, by country label or by day (`2026-11-10`)."""
    return dict(Sum.objects.filter(letter=letter, of=of, count__gt=0).values_list("key", "count"))


def countries(letter: Letter) -> int:
    """How many country labels the publicly listed names bear; “international” and none are no countries."""
    summed = sums(letter, COUNTRY)
    if summed or Sum.objects.filter(letter=letter, of=LOG).exists():
        return sum(counts_as_country(key) for key in summed)
    keys = listed(letter).values_list("country", flat=True).order_by().distinct()
    return sum(counts_as_country(key) for key in keys)


def _sum_up_anew(letter: Letter, size: int) -> None:
    Sum.objects.filter(letter=letter).delete()
    _add(letter, listed(letter).filter(entry__index__lt=size))
    Sum.objects.create(letter=letter, of=LOG, count=size)


def _add(letter: Letter, rows: QuerySet[Signature]) -> None:
    found = rows.order_by().annotate(day=_day()).values_list("country", "day").annotate(count=Count("pk"))
    together: Counter[tuple[str, str]] = Counter()
    for country, day, count in found:
        together.update({(COUNTRY, country or ""): count, (DAY, day or ""): count})
    for (of, key), count in together.items():
        if not Sum.objects.filter(letter=letter, of=of, key=key).update(count=F("count") + count):
            Sum.objects.create(letter=letter, of=of, key=key, count=count)


def _day() -> Substr:
    """The day in UTC, as both databases write a moment down: a million of them are not worth a call into Python."""
    return Substr(Cast("listed_at", TextField()), 1, 10)
