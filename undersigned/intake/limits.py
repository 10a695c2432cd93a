"""What one place may send: how many requests at all, and how many sign-ons without work for them.

Never a limit that tells about one mailbox: all of this is counted by where a request comes from, before it is read.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from undersigned.intake.buckets import Buckets
from undersigned.intake.visitors import address_of, block_of
from undersigned.intake.wire import Scope
from undersigned.intake.work import Works
from undersigned.lib.env import Rate


class TooMany(Exception):
    """More than one place may send."""


@dataclass(slots=True)
class Limits:
    """The limits of one door behind so many `proxies`. Belongs to one event loop, whose `clock` it reads."""

    proxies: int
    requests: Buckets
    sign_ons: Buckets
    clock: Callable[[], float]
    works: Works = field(default_factory=Works)

    @classmethod
    def of(cls, proxies: int, most: Rate, free: Rate, clock: Callable[[], float]) -> "Limits":
        return cls(proxies, Buckets(most), Buckets(free), clock)

    def block(self, scope: Scope) -> bytes:
        """Where a request comes from, as far as that is counted."""
        return block_of(address_of(scope, self.proxies))

    def count(self, block: bytes) -> None:
        """Count a request; TooMany when there were too many lately."""
        if not self.requests.has_room(block, self.clock()):
            raise TooMany

    def is_slow(self, block: bytes, work: str, version: str, at: datetime) -> bool:
        """Count a sign-on; whether it has to wait: many come from there, and no work was done for this one."""
        if self.sign_ons.has_room(block, self.clock()):
            return False
        return not self.works.spend(work, version, int(at.timestamp()) // 60)
