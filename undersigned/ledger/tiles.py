"""Where a tree lies in files, and what is in them (c2sp.org/tlog-tiles): bundles of entries, tiles of hashes.

A tile is 256 wide. The last ones of a tree are partial, and lie under a name that tells how wide they are.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from undersigned.ledger.merkle import HASH_BYTES, root_of

WIDTH = 256
HEIGHT = 8
ENTRY_BYTES = 65535

PLACE = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?")
"""Where a bundle or a tile may lie: its level, its number, and how wide it is if it is partial."""

Read = Callable[[str], bytes]
"""Gives the content of the file at a path below the log; raises OSError where there is none."""


class NotABundle(ValueError):
    """Bytes that are no bundle of entries."""


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """`tile/0/x001/x234/067`, or `….p/12` for a partial one."""
    return f"tile/{level}/{_number(number, width)}"


def bundle_path(number: int, width: int = WIDTH) -> str:
    """`tile/entries/x001/x234/067`, or `….p/12` for a partial one."""
    return f"tile/entries/{_number(number, width)}"


def reach_of(path: str) -> int:
    """How many entries there were at least when a tile or bundle came to lie at `path`; 0 where none can lie."""
    found = PLACE.fullmatch(path)
    if found is None:
        return 0
    level, number, width = found.groups()
    reach = int(re.sub("[x/]", "", number)) * WIDTH + int(width or WIDTH)
    return reach if level == "entries" else reach << HEIGHT * int(level)


def width_of(level: int, number: int, size: int) -> int:
    """How many hashes tile `number` of `level` has in a tree of `size`: 0 to 256."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - number * WIDTH))


def tiles_of(level: int, size: int, first: int = 0) -> Iterator[tuple[int, int]]:
    """Number and width of each tile of `level` in a tree of `size`, from tile `first` on."""
    number = first
    while width := width_of(level, number, size):
        yield number, width
        number += 1


def levels_of(size: int) -> int:
    """How many levels of tiles a tree of `size` has."""
    return -(-size.bit_length() // HEIGHT)


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries one after another, each after its length in two bytes."""
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def entries_of(raw: bytes) -> list[bytes]:
    """The entries in a bundle; else NotABundle."""
    found, at = [], 0
    while at < len(raw):
        start = at + 2
        at = start + int.from_bytes(raw[at:start], "big")
        if start > len(raw) or at > len(raw):
            raise NotABundle("a bundle ends in the middle of an entry")
        found.append(raw[start:at])
    return found


def hashes_of(raw: bytes) -> list[bytes]:
    """The hashes in a tile."""
    return [raw[start : start + HASH_BYTES] for start in range(0, len(raw), HASH_BYTES)]


@dataclass(frozen=True, slots=True)
class TileNodes:
    """The nodes of a tree of `size`, out of its tiles: what proofs are made of."""

    size: int
    read: Read
    known: dict[str, list[bytes]] = field(default_factory=dict)

    def node(self, height: int, index: int) -> bytes:
        """The complete node of a height and an index; OSError or ValueError where its tile is missing or damaged."""
        level = height // HEIGHT
        below = height - HEIGHT * level
        number, start = divmod(index << below, WIDTH)
        return root_of(self._tile(level, number)[start : start + (1 << below)])

    def _tile(self, level: int, number: int) -> list[bytes]:
        width = width_of(level, number, self.size)
        path = tile_path(level, number, width)
        if path not in self.known:
            raw = self._partial(level, number, width) if width < WIDTH else self.read(path)
            if len(raw) < width * HASH_BYTES:
                raise ValueError(f"{path} is too short")
            self.known[path] = hashes_of(raw[: width * HASH_BYTES])
        return self.known[path]

    def _partial(self, level: int, number: int, width: int) -> bytes:
        """A partial tile may be gone once it became full; then the full one begins with it."""
        try:
            return self.read(tile_path(level, number, width))
        except OSError:
            return self.read(tile_path(level, number))


def _number(number: int, width: int) -> str:
    digits = [f"{number % 1000:03}"]
    while number := number // 1000:
        digits.insert(0, f"x{number % 1000:03}")
    return "/".join(digits) + ("" if width == WIDTH else f".p/{width}")
