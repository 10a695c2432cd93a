"""How much comes from one block of addresses: buckets that fill with requests and leak with time, in bounded memory.

Nothing here outlives the process, and no address is kept: a block is known by a digest under a key of this process.
"""

import secrets
from dataclasses import dataclass, field
from hashlib import blake2b

from undersigned.lib.env import Rate

DIGEST_BYTES = 16
BLOCKS = 65_536
"""How many blocks are remembered, twice over: the latest ones, and those before them."""


_KEY = secrets.token_bytes(DIGEST_BYTES)


def name_of(block: bytes) -> bytes:
    """Under which a block is counted: in this process, and nowhere else."""
    return blake2b(block, key=_KEY, digest_size=DIGEST_BYTES).digest()


@dataclass(slots=True)
class Buckets:
    """One bucket for each name, of the size and leak that `rate` says. Belongs to one event loop."""

    rate: Rate
    latest: dict[bytes, tuple[float, float]] = field(default_factory=dict)
    before: dict[bytes, tuple[float, float]] = field(default_factory=dict)
    leak: float = field(init=False)

    def __post_init__(self) -> None:
        self.leak = self.rate.a_second

    def has_room(self, name: bytes, at: float) -> bool:
        """Put one request into the bucket of this name; False when it is full, and then nothing is put in."""
        level, since = self.latest.get(name) or self.before.get(name) or (0.0, at)
        level = max(0.0, level - (at - since) * self.leak)
        has_room = level + 1 <= self.rate.count
        self._keep(name, (level + 1 if has_room else level, at))
        return has_room

    def _keep(self, name: bytes, bucket: tuple[float, float]) -> None:
        if len(self.latest) >= BLOCKS and name not in self.latest:
            self.latest, self.before = {}, self.latest
        self.latest[name] = bucket
