"""How fast mails leave for one domain, so that its server does not take us for a flood.

We speak to a mail server of our own (a smarthost), which knows the great providers' limits better than we do. What it
cannot know is that strangers may enter any number of addresses in a form: our pace is for the small domain whose
server they would have us fill. So the domains that the world shares are left to the smarthost.
"""

from datetime import datetime, timedelta

from undersigned.lib.addresses import SHARED_DOMAINS

TIDY_FROM = 10_000  # domains


class Pace:
    """Gives each mail the instant at which it may leave. Kept in memory: each sending process has its own."""

    def __init__(self, between: timedelta) -> None:
        self._between = between
        self._next: dict[str, datetime] = {}
        self._given: dict[int, datetime] = {}

    def slot(self, mail: int, domain: str, at: datetime) -> datetime:
        """When this mail may leave. The same answer until that instant, so that nobody overtakes it for ever."""
        if not self._between or domain in SHARED_DOMAINS:
            return at
        if mail not in self._given:
            self._given[mail] = max(at, self._next.get(domain, at))
            self._next[domain] = self._given[mail] + self._between
            self._tidy(at)
        return self._given[mail] if self._given[mail] > at else self._given.pop(mail)

    def forget(self) -> None:
        """No mail has left for a while: all ask anew, or those whose instants have passed would leave at once."""
        self._next.clear()
        self._given.clear()

    def _tidy(self, at: datetime) -> None:
        if len(self._next) > TIDY_FROM:
            self._next = {domain: free for domain, free in self._next.items() if free > at}
