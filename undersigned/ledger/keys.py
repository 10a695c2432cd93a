"""The keys of a log: each signs from an hour on until it is retired, and during a rotation two of them sign.

They are kept in the folder of keys, with the list of their periods that is published beside the log.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from undersigned.ledger.line import hour_in, hour_text
from undersigned.ledger.note import SigningKey, VerifierKey
from undersigned.lib.clock import hour_of
from undersigned.lib.keys import KeyMissing, KeyRing
from undersigned.lib.refusal import Refusal, gettext_noop

STILL = "-"


class OnlyOneKey(Refusal):
    code = "only-one-key"
    status = 409
    message = gettext_noop("This log has one key only. Make its successor first, and wait until readers know it.")


@dataclass(frozen=True, slots=True)
class Period:
    """A key, and the hours from which and until which it signs; `until` is None while it does."""

    key: VerifierKey
    since: datetime
    until: datetime | None = None

    @classmethod
    def parse(cls, text: str) -> "Period":
        """The period that one line of the published list tells; ValueError where it tells none."""
        key, since, until = text.split(" ")
        return cls(VerifierKey.parse(key), hour_in(since), None if until == STILL else hour_in(until))

    @property
    def text(self) -> str:
        until = hour_text(self.until) if self.until else STILL
        return f"{self.key.text} {hour_text(self.since)} {until}\n"


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The keys of the log called `origin`, in `ring`."""

    ring: KeyRing
    origin: str

    @property
    def text(self) -> str:
        """The list as it is published: a line a key, the oldest first."""
        return self.ring.log_list(self.origin)

    def periods(self) -> list[Period]:
        return read_periods(self.text)

    def verifiers(self) -> list[VerifierKey]:
        """Every key that ever signed this log."""
        return [period.key for period in self.periods()]

    def signers(self) -> list[SigningKey]:
        """The keys that sign now, at least one; else KeyMissing."""
        found = [self._signer(period) for period in self.periods() if period.until is None]
        if not found:
            raise KeyMissing(f"the log {self.origin} has no key that signs it: restore the folder of keys")
        return found

    def begin(self, at: datetime) -> None:
        """Make the first key, unless there is one."""
        if not self.periods():
            self.make(at)

    def make(self, at: datetime) -> VerifierKey:
        """Make another key, which signs from now on beside those that do."""
        key = SigningKey.make(self.origin)
        self.ring.keep_log_seed(self.origin, key.verifier.id.hex(), key.seed)  # a seed that no list names does no harm
        self._keep([*self.periods(), Period(key.verifier, hour_of(at))])
        return key.verifier

    def successor(self) -> SigningKey:
        """The newest key, if there are others that it can do without; else OnlyOneKey."""
        self._to_retire()
        return self._signer(self.periods()[-1])

    def retire(self, at: datetime) -> list[VerifierKey]:
        """Let the newest key alone sign from now on; those that were retired. Their seeds are destroyed last."""
        old = self._to_retire()
        self._keep([replace(one, until=one.until or hour_of(at)) if one in old else one for one in self.periods()])
        for period in old:
            self.ring.destroy_log_seed(self.origin, period.key.id.hex())
        return [period.key for period in old]

    def _to_retire(self) -> list[Period]:
        """All keys but the newest that still sign, or could: where retiring them broke off, their seeds are left."""
        older = self.periods()[:-1]
        old = [one for one in older if not one.until or self.ring.has_log_seed(self.origin, one.key.id.hex())]
        if not old:
            raise OnlyOneKey
        return old

    def _signer(self, period: Period) -> SigningKey:
        return SigningKey(self.origin, self.ring.log_seed(self.origin, period.key.id.hex()))

    def _keep(self, periods: list[Period]) -> None:
        self.ring.set_log_list(self.origin, "".join(period.text for period in periods))


def read_periods(text: str) -> list[Period]:
    """The keys of a published list, the oldest first; ValueError where it is none."""
    return [Period.parse(line) for line in text.splitlines()]
