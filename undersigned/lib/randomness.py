"""Randomness of the system, asked for in portions.

Each question to the system gives the interpreter to other threads, and a busy thread then waits to get it back: see
docs/decisions/0013-randomness-in-portions.md.
"""

import os
from collections import deque
from uuid import UUID

PIECE_BYTES = 32
PIECES = 256
"""How many are asked for at once."""

_pieces: deque[bytes] = deque()
os.register_at_fork(after_in_child=_pieces.clear)  # or parent and child would use the same ones


def random_bytes(count: int) -> bytes:
    """So many random bytes, PIECE_BYTES at most, that are given to nobody else in any thread or process."""
    assert count <= PIECE_BYTES  # noqa: S101
    while True:
        try:
            return _pieces.popleft()[:count]
        except IndexError:
            portion = os.urandom(PIECES * PIECE_BYTES)
            _pieces.extend(portion[start : start + PIECE_BYTES] for start in range(0, len(portion), PIECE_BYTES))


def random_uuid() -> UUID:
    """A random identifier (RFC 9562 §5.4)."""
    return UUID(bytes=random_bytes(16), version=4)
