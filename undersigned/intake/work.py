"""Proof of work: what a browser did for a sign-on when many come from where it is. `pages/static/work.js` does it.

A work is `MINUTE.SALT.NONCE.NONCE…`: the minute in which it was begun, a salt of the browser's own, and for each of
PUZZLES puzzles a nonce with which SHA-256 begins with so many zero bits. The seed of the puzzles holds the digest of
the text that is signed, so a work is good for one letter; it is good once, and for an hour. Nothing is kept for it
before it comes. Many small puzzles rather than one large one: how long they take together varies little.
"""

import re
from dataclasses import dataclass, field
from hashlib import sha256

PUZZLES = 16
BITS = 12
"""Together 65,000 digests on average: a fifth of a second on a desktop, a second or two on an old phone."""
GOOD_MINUTES = 60
AHEAD_MINUTES = 5
"""How far a reader's clock may be ahead of ours."""
SPENT = 200_000
"""How many works are remembered; what comes beyond that within GOOD_MINUTES is not believed."""

SHAPE = re.compile(rf"([0-9]{{1,9}})\.([0-9a-z]{{8,32}})((?:\.[0-9a-z]{{1,10}}){{{PUZZLES}}})", re.ASCII)


@dataclass(slots=True)
class Works:
    """The works that were spent, by the minute in which they were begun. Belongs to one event loop."""

    spent: dict[int, set[bytes]] = field(default_factory=dict)

    def spend(self, work: str, version: str, minute: int) -> bool:
        """Whether this is a work for the text with this digest, and was not spent before; from now on it is."""
        match = SHAPE.fullmatch(work)
        if match is None:
            return False
        begun = int(match[1])
        if not minute - GOOD_MINUTES <= begun <= minute + AHEAD_MINUTES:
            return False
        seed = seed_of(version, match[1], match[2])
        if seed in self.spent.get(begun, ()) or not solves(seed, match[3][1:].split(".")):
            return False
        self._forget(minute - GOOD_MINUTES)
        if sum(map(len, self.spent.values())) >= SPENT:
            return False
        self.spent.setdefault(begun, set()).add(seed)
        return True

    def _forget(self, minute: int) -> None:
        """Those begun before this minute: they are too old to come again."""
        for old in [known for known in self.spent if known < minute]:
            del self.spent[old]


def seed_of(version: str, begun: str, salt: str) -> bytes:
    """What the puzzles of one work begin with: 32 letters, so that each is one block of SHA-256."""
    return sha256(f"undersigned work 1 {version} {begun} {salt}".encode()).hexdigest()[:32].encode()


def solves(seed: bytes, nonces: list[str]) -> bool:
    """Whether each nonce solves its puzzle."""
    return all(
        int.from_bytes(sha256(b"%b.%d.%b" % (seed, number, nonce.encode())).digest()[:4], "big") >> (32 - BITS) == 0
        for number, nonce in enumerate(nonces)
    )
