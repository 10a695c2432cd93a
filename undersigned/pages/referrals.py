"""How often shared links are followed: by channel and language and day, never by person.

Nothing about a request is kept but that there was one more: no address, no cookie, no order of events.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from threading import Lock, Timer
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.db import close_old_connections, transaction
from django.db.models import F

from undersigned.lib.clock import now
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
        if found is None:
            return
        with self._lock:
            if not self._totals:
                timer = Timer(REST.total_seconds(), self._flush_alone)
                timer.daemon = True
                timer.start()
            self._totals[found] += 1

    def flush(self) -> None:
        """Write the totals down."""
        with self._lock:
            totals, self._totals = self._totals, Counter()
        with transaction.atomic():
            for key, n in totals.items():
                count(*key, n)

    def _flush_alone(self) -> None:
        try:
            self.flush()
        finally:
            close_old_connections()


class Counted:
    """A WSGI application that answers as `inner` does, and counts shared links that led to a page."""

    def __init__(self, inner: WSGIApplication, referrals: Referrals) -> None:
        self.inner, self.referrals = inner, referrals

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        if "via=" not in query or environ["REQUEST_METHOD"] != "GET":
            return self.inner(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            if status.startswith(("200", "304")):
                self.referrals.see(environ.get("PATH_INFO", ""), query, now().date())
            return start_response(status, headers, *rest)  # type: ignore[arg-type]  # PEP 3333's third argument

        return self.inner(environ, start)  # type: ignore[arg-type]
