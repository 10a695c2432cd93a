"""Logs and receipts on paper: written at one go, for forks and other things that no sequencer would make."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.line import Line, commitment
from undersigned.ledger.merkle import Edge, grow
from undersigned.ledger.note import Checkpoint, SigningKey, sign
from undersigned.ledger.proof import Proof
from undersigned.ledger.receipt import Item, Opening, Receipt
from undersigned.ledger.tiles import bundle, bundle_path, levels_of, tile_path, tiles_of

ORIGIN = "letters.example/bridge"
KEY = SigningKey(ORIGIN, bytes(range(32)))
TEXT = sha256(b"Open the bridge.").digest()
HOUR = datetime(2026, 11, 10, 12, tzinfo=UTC)
SALT = bytes(range(32))
EITHER = b"32 bytes, as a record or a nonce"
OPENED = [
    (Event.SIGNED, Tallied.PERSON, False),
    (Event.AMENDED, Tallied.ORGANISATION, False),
    (Event.VERSION_FROZEN, Tallied.NONE, False),
    (Event.RELEASED, Tallied.NONE, False),
    (Event.SIGNED, Tallied.HIDDEN, True),
    (Event.WITHDRAWN, Tallied.SUPPORTER, True),
    (Event.INVALIDATED, Tallied.HIDDEN, True),
    (Event.MERGED, Tallied.ORGANISATION, True),
]
"""Entries of each sort, and whether a nonce opens them rather than a record."""


def line(
    event: Event = Event.SIGNED, kind: Tallied = Tallied.SUPPORTER, about: int | None = None, of: int = 0
) -> bytes:
    """An entry; `of` tells apart those that say the same."""
    return Line(event, kind, TEXT, HOUR, sha256(b"%d" % of).digest(), about).raw


def lines(many: int) -> list[bytes]:
    """So many supporters, after a letter that was frozen and released."""
    begin = [line(Event.VERSION_FROZEN, Tallied.NONE), line(Event.RELEASED, Tallied.NONE)]
    return (begin + [line(of=number) for number in range(many)])[:many]


def head_over(entries: Sequence[bytes], keys: Sequence[SigningKey] = (KEY,), origin: str = ORIGIN) -> bytes:
    """A signed checkpoint over these entries."""
    return sign(Checkpoint(origin, len(entries), grow(Edge(), entries).edge.root).text, keys)


def write_log(root: Path, entries: Sequence[bytes], head: bytes | None = None) -> Path:
    """The files of a log of these entries, below `root`/log."""
    files = {"checkpoint": head or head_over(entries), "keys.txt": f"{KEY.verifier.text} 2026-11-10T12Z -\n".encode()}
    nodes = grow(Edge(), entries).nodes
    for number, width in tiles_of(0, len(entries)):
        files[bundle_path(number, width)] = bundle(entries[number * 256 : number * 256 + width])
    for level in range(levels_of(len(entries))):
        for number, width in tiles_of(level, len(entries)):
            files[tile_path(level, number, width)] = b"".join(nodes[8 * level][number * 256 : number * 256 + width])
    for path, content in files.items():
        place = root / "log" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return root / "log"


def receipt_of(
    event: Event, kind: Tallied, opening: Opening, keys: Sequence[SigningKey] = (KEY,), origin: str = ORIGIN
) -> Receipt:
    """A receipt of the only entry of a log, which commits to SALT and EITHER, whatever is said to open it."""
    entry = Line(event, kind, TEXT, HOUR, commitment(SALT, EITHER)).raw
    proof = Proof(0, (), head_over([entry], keys, origin))
    return Receipt(origin, tuple(key.verifier for key in keys), (Item(entry, proof, opening),))


def other_openings(opening: Opening) -> list[Opening]:
    """All that could be read out of the same bytes: a nonce for a record, and salts that end elsewhere."""
    both = SALT + EITHER
    cut = [(both[:at], both[at:]) for at in (0, 9, 31, 33, 64)]
    return [
        Opening(SALT, EITHER, not opening.is_nonce),
        *[Opening(salt, rest, is_nonce) for salt, rest in cut for is_nonce in (True, False)],
    ]
