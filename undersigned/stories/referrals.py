"""How often shared links are followed: by channel and language and day, never by person.

Nothing about a request is kept but that there was one more: no address, no cookie, no order of events.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from threading import Lock, Timer
from urllib.parse import parse_qs

from django.db import DatabaseError, connections, transaction
from django.db.models import F, Sum

from undersigned.lib.languages import LanguageTag, NotALanguage
from undersigned.stories.models import Referral

CHANNELS = (
    *("facebook", "x", "kakao", "line", "whatsapp", "telegram", "mail", "link", "sheet"),
    *("weibo", "wechat"),
)
"""By which ways a page is passed on; `sheet` is the one that a device has for this itself."""

Followed = tuple[str, str, date]
"""Channel, language, day."""

REST = timedelta(minutes=1)
"""So long totals gather in memory before they are written; a crash loses no more."""


@transaction.atomic
def count(channel: str, language: str, day: date, n: int) -> None:
    """Add `n` followed links to the total of a channel, a language and a day."""
    row, _is_new = Referral.objects.get_or_create(channel=channel, language=language, day=day)
    Referral.objects.filter(pk=row.pk).update(count=F("count") + n)


def followed(path: str, query: str, day: date) -> Followed | None:
    """What a request for the page at `path` adds to the totals; None where it did not come by a shared link."""
    [channel] = parse_qs(query).get("via", [""])[:1]
    language = language_of(path) if channel in CHANNELS else ""
    return (channel, language, day) if language else None


def language_of(path: str) -> str:
    """The language of the page of a letter (`/{slug}/{tag}/`) or a story (`/stories/{slug}/{tag}/`); else empty.

    Whoever asks may write anything into an address, and it would be kept: so what is no language is not.
    """
    parts = path.removeprefix("/stories").split("/")
    if len(parts) < 4 or parts[-1]:
        return ""
    try:
        return LanguageTag.parse(parts[2]).value
    except NotALanguage:
        return ""


def totals(since: date) -> Mapping[tuple[str, str], int]:
    """Channel and language → how many links were followed from the day `since` on."""
    rows = Referral.objects.filter(day__gte=since).values_list("channel", "language").annotate(times=Sum("count"))
    return {(channel, language): times for channel, language, times in rows.order_by("channel", "language")}


class Referrals:
    """Totals that gather in memory, written down once a minute by a thread of their own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._totals: Counter[Followed] = Counter()

    def see(self, path: str, query: str, day: date) -> None:
        """Take note of one request that was answered with a page."""
        found = followed(path, query, day)
        if found is not None:
            self._add(Counter([found]))

    def flush(self) -> None:
        """Write the totals down; while the record cannot be asked, they wait for the next time."""
        with self._lock:
            totals, self._totals = self._totals, Counter()
        if not totals:
            return
        try:
            with transaction.atomic():
                for key, n in totals.items():
                    count(*key, n)
        except DatabaseError:
            self._add(totals)

    def _add(self, more: Counter[Followed]) -> None:
        with self._lock:
            if not self._totals:
                timer = Timer(REST.total_seconds(), self._flush_alone)
                timer.daemon = True
                timer.start()
            self._totals += more

    def _flush_alone(self) -> None:
        try:
            self.flush()
        finally:
            connections.close_all()
