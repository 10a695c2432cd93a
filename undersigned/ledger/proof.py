"""A proof that an entry is in a log, as a file: c2sp.org/tlog-proof, and the older form that `spicy` reads.

Both are the entry's index, its audit path and a checkpoint; the newer one begins with a line that says what it is.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from undersigned.ledger.merkle import HASH_BYTES, inclusion_proof, is_included, leaf_hash
from undersigned.ledger.note import Checkpoint, NotANote, VerifierKey, open_checkpoint
from undersigned.ledger.tiles import Read, TileNodes

HEADER = "c2sp.org/tlog-proof@v1\n"
MOST_HASHES = 64

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


class NotAProof(ValueError):
    """Bytes that are no proof, or that prove something else."""


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is number `index` of the tree under `checkpoint`, a signed note as it was published."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    @classmethod
    def parse(cls, raw: bytes) -> "Proof":
        """The proof that `raw` is, in either form; else NotAProof."""
        head, blank, checkpoint = raw.partition(b"\n\n")
        try:
            lines = head.decode("ascii").removeprefix(HEADER).split("\n")
        except UnicodeDecodeError:
            raise NotAProof("this is no proof") from None
        if raw.startswith(HEADER.encode()) and lines[0].startswith("extra "):
            del lines[0]  # it proves nothing, and we write none
        index = _INDEX.fullmatch(lines[0])
        if not index or not blank or len(lines) > MOST_HASHES + 1:
            raise NotAProof("this is no proof")
        return cls(int(index[1]), tuple(_hash(line) for line in lines[1:]), checkpoint)

    @property
    def tlog_proof(self) -> bytes:
        """The proof as a `.tlog-proof` file."""
        return HEADER.encode() + self.spicy

    @property
    def spicy(self) -> bytes:
        """The proof as a `.spicy` file."""
        path = "".join(f"{base64.b64encode(hash_).decode()}\n" for hash_ in self.path)
        return f"index {self.index}\n{path}\n".encode() + self.checkpoint

    def check(self, entry: bytes, keys: Sequence[VerifierKey]) -> Checkpoint:
        """The checkpoint under which `entry` is proved to be, signed with one of `keys`; else NotAProof."""
        try:
            found = open_checkpoint(self.checkpoint, keys)
        except NotANote as fault:
            raise NotAProof(str(fault)) from None
        if not is_included(self.index, found.size, found.root, leaf_hash(entry), self.path):
            raise NotAProof(f"this does not prove that the entry is number {self.index} of “{found.origin}”")
        return found


def prove(index: int, checkpoint: bytes, read: Read) -> Proof:
    """The proof that entry `index` is under `checkpoint`, made from the published tiles."""
    size = Checkpoint.parse(checkpoint.decode().partition("\n\n")[0] + "\n").size
    return Proof(index, tuple(inclusion_proof(index, size, TileNodes(size, read).node)), checkpoint)


def _hash(line: str) -> bytes:
    try:
        raw = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != HASH_BYTES or base64.b64encode(raw).decode() != line:
        raise NotAProof("a line of the proof is no hash")
    return raw
