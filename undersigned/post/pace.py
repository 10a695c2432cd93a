"""How fast mails leave for one domain, so that its server does not take us for a flood."""

from datetime import datetime, timedelta


class Pace:
    """Gives each mail the instant at which it may leave. Kept in memory: each sending process has its own."""

    def __init__(self, between: timedelta) -> None:
        self._between = between
        self._next: dict[str, datetime] = {}
        self._given: dict[int, datetime] = {}

    def slot(self, mail: int, domain: str, at: datetime) -> datetime:
        """When this mail may leave; the same answer until `done`, so that nobody overtakes it for ever."""
        if mail not in self._given:
            self._given[mail] = max(at, self._next.get(domain, at))
            self._next[domain] = self._given[mail] + self._between
        return self._given[mail]

    def done(self, mail: int) -> None:
        """The mail has left, or was tried; another attempt asks for another slot."""
        self._given.pop(mail, None)
