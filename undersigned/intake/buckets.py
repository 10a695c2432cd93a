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


@dataclass(slots=True)
class Buckets:
    """One bucket for each block, of the size and leak that `rate` says. Belongs to one event loop."""

    rate: Rate
    key: bytes = field(default_factory=lambda: secrets.token_bytes(DIGEST_BYTES))
    latest: dict[bytes, tuple[float, float]] = field(default_factory=dict)
    before: dict[bytes, tuple[float, float]] = field(default_factory=dict)

    def has_room(self, block: bytes, at: float) -> bool:
        """Put one request of `block` into its bucket; False when it is full, and then nothing is put in."""
        name = blake2b(block, key=self.key, digest_size=DIGEST_BYTES).digest()
        level, since = self.latest.get(name) or self.before.get(name) or (0.0, at)
        level = max(0.0, level - (at - since) * self.rate.a_second)
        has_room = level + 1 <= self.rate.count
        self._keep(name, (level + 1 if has_room else level, at))
        return has_room

    def _keep(self, name: bytes, bucket: tuple[float, float]) -> None:
        if len(self.latest) >= BLOCKS and name not in self.latest:
            self.latest, self.before = {}, self.latest
        self.latest[name] = bucket
