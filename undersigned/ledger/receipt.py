"""A receipt: the entries about one signature, each with its proof and what opens its commitment, in one file.

`entry` is the line that was hashed, `proof` a `.tlog-proof`; `opening` has the salt and the record, or the nonce in its
place, as docs/log.md describes. Whoever holds a receipt can show that somebody signed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from undersigned.ledger.events import EFFECT, Tallied
from undersigned.ledger.line import NONCE_BYTES, SALT_BYTES, Line, NotALine, commitment
from undersigned.ledger.note import Checkpoint, VerifierKey
from undersigned.ledger.proof import NotAProof, Proof

FORMAT = "undersigned/receipt/v1"


class NotAReceipt(ValueError):
    """Bytes that are no receipt, or one that shows something else."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a commitment: the salt, and the record or the nonce that it covers."""

    salt: bytes
    record: bytes
    is_nonce: bool = False

    def opens(self, line: Line) -> bool:
        """Whether `line` commits to this, and to nothing else that could be read out of the same bytes."""
        has_its_place = len(self.salt) == SALT_BYTES  # or else the record could begin in the middle of a name
        is_of_its_sort = _has_nonce(line) == self.is_nonce and (not self.is_nonce or len(self.record) == NONCE_BYTES)
        return has_its_place and is_of_its_sort and commitment(self.salt, self.record) == line.commitment


@dataclass(frozen=True, slots=True)
class Item:
    """One entry with its proof; `opening` is None where nothing opens it any more."""

    entry: bytes
    proof: Proof
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt of the log called `origin`, which `keys` sign."""

    origin: str
    keys: tuple[VerifierKey, ...]
    items: tuple[Item, ...]

    @property
    def raw(self) -> bytes:
        """The receipt as a file."""
        told = {
            "format": FORMAT,
            "origin": self.origin,
            "keys": [key.text for key in self.keys],
            "entries": [_told(item) for item in self.items],
        }
        return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"

    @classmethod
    def parse(cls, raw: bytes) -> "Receipt":
        """The receipt that `raw` is; else NotAReceipt."""
        try:
            told = json.loads(raw)
            if told["format"] != FORMAT:
                raise NotAReceipt("this is no receipt of this kind")
            items = tuple(_item(one) for one in told["entries"])
            return cls(str(told["origin"]), tuple(map(VerifierKey.parse, told["keys"])), items)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
            raise NotAReceipt(f"this is no receipt: {fault}") from None

    def check(self, keys: Sequence[VerifierKey]) -> list[tuple[Line, Checkpoint]]:
        """What each entry says and under which checkpoint it is, signed with one of `keys`; else NotAReceipt."""
        if not self.items:
            raise NotAReceipt("there is no entry in this receipt")
        return [self._check(item, keys) for item in self.items]

    def _check(self, item: Item, keys: Sequence[VerifierKey]) -> tuple[Line, Checkpoint]:
        try:
            line, found = Line.parse(item.entry), item.proof.check(item.entry, keys)
        except (NotALine, NotAProof) as fault:
            raise NotAReceipt(str(fault)) from None
        if found.origin != self.origin:
            raise NotAReceipt(f"the entry is in another log, “{found.origin}”")
        if item.opening and not item.opening.opens(line):
            raise NotAReceipt("what is said to open the commitment does not")
        return line, found


def _has_nonce(line: Line) -> bool:
    """Whether the entry covers a nonce, as those of hidden signatories do and those that undo; else it has a record."""
    return line.kind == Tallied.HIDDEN or EFFECT.get(line.event, 0) < 0


def _told(item: Item) -> dict[str, object]:
    opening: dict[str, str] | None = None
    if item.opening:
        record = item.opening.record
        kept = {"nonce": record.hex()} if item.opening.is_nonce else {"record": record.decode()}
        opening = {"salt": item.opening.salt.hex(), **kept}
    return {"entry": item.entry.decode(), "proof": item.proof.tlog_proof.decode(), "opening": opening}


def _item(told: dict[str, object]) -> Item:
    return Item(str(told["entry"]).encode(), Proof.parse(str(told["proof"]).encode()), _opening(told["opening"]))


def _opening(told: object) -> Opening | None:
    if not isinstance(told, dict):
        return None
    salt = bytes.fromhex(told["salt"])
    if "nonce" in told:
        return Opening(salt, bytes.fromhex(told["nonce"]), is_nonce=True)
    return Opening(salt, str(told["record"]).encode())
