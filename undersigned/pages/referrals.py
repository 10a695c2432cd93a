"""How often shared links are followed: by channel and language and day, never by person.

Nothing about a request is kept but that there was one more: no address, no cookie, no order of events.
"""

from collections import Counter
from datetime import date, timedelta
from threading import Lock, Timer
from urllib.parse import parse_qs

from django.db import DatabaseError, connections, transaction
from django.db.models import F

from undersigned.pages.models import Referral
from undersigned.pages.share import CHANNELS

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
    parts = path.strip("/").split("/")
    [channel] = parse_qs(query).get("via", [""])[:1]
    return (channel, parts[1], day) if channel in CHANNELS and len(parts) > 1 else None


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
