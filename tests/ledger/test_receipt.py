import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.ledger.paper import (
    EITHER,
    HOUR,
    KEY,
    OPENED,
    ORIGIN,
    SALT,
    TEXT,
    head_over,
    lines,
    other_openings,
    receipt_of,
    write_log,
)
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.line import Line, commitment
from undersigned.ledger.note import NotANote, SigningKey, lengthen, shorten
from undersigned.ledger.proof import prove
from undersigned.ledger.receipt import Item, NotAReceipt, Opening, Receipt

RECORD = '{"name":"나소미"}'.encode()
SOMI = Line(Event.SIGNED, Tallied.SUPPORTER, TEXT, HOUR, commitment(SALT, RECORD)).raw
ENTRIES = [*lines(299), SOMI]


@pytest.fixture
def receipt(tmp_path: Path) -> Receipt:
    folder = write_log(tmp_path, ENTRIES)
    proof = prove(299, head_over(ENTRIES), lambda path: (folder / path).read_bytes())
    return Receipt(ORIGIN, (KEY.verifier,), (Item(SOMI, proof, Opening(SALT, RECORD)),))


def changed(receipt: Receipt, **changes: object) -> bytes:
    """The receipt with other things in its only entry."""
    told: dict[str, Any] = json.loads(receipt.raw)
    told["entries"][0] |= changes
    return json.dumps(told).encode()


def refused(raw: bytes) -> bool:
    try:
        Receipt.parse(raw).check([KEY.verifier])
    except NotAReceipt:
        return True
    return False


def test_a_receipt_is_read_back_and_holds(receipt: Receipt) -> None:
    assert Receipt.parse(receipt.raw) == receipt
    [(line, head)] = receipt.check([KEY.verifier])
    assert (line.raw, head.size) == (SOMI, 300)


def test_a_receipt_without_what_opens_its_entry_holds_too(receipt: Receipt) -> None:
    assert not refused(changed(receipt, opening=None))


def test_a_receipt_that_was_changed_does_not_hold(receipt: Receipt) -> None:
    proof = receipt.items[0].proof
    for raw in (
        changed(receipt, entry=ENTRIES[298].decode()),
        changed(receipt, entry=SOMI.decode().replace("signed", "merged")),
        changed(receipt, entry="nonsense"),
        changed(receipt, proof=proof.tlog_proof.decode().replace("index 299", "index 298")),
        changed(receipt, proof=""),
        changed(receipt, opening={"salt": SALT.hex(), "record": RECORD.decode().replace("소", "서")}),
        changed(receipt, opening={"salt": bytes(32).hex(), "record": RECORD.decode()}),
        changed(receipt, opening={"salt": SALT.hex(), "nonce": bytes(32).hex()}),
        receipt.raw.replace(ORIGIN.encode(), b"letters.example/tunnel"),
        Receipt(ORIGIN, receipt.keys, ()).raw,
    ):
        assert refused(raw)


@pytest.mark.parametrize(("event", "kind", "is_nonce"), OPENED)
def test_what_opens_an_entry_can_be_read_in_one_way_alone(event: Event, kind: Tallied, is_nonce: bool) -> None:
    """Wherever the salt is said to end, and though a record may look like a nonce."""
    opening = Opening(SALT, EITHER, is_nonce)
    assert not refused(receipt_of(event, kind, opening).raw)
    for other in other_openings(opening):
        assert refused(receipt_of(event, kind, other).raw), other


def test_a_receipt_is_of_the_log_that_its_checkpoint_names(receipt: Receipt) -> None:
    """Though the keys are those that signed: one key may sign for more than one log."""
    with pytest.raises(NotAReceipt, match=f"in another log, “{ORIGIN}”"):
        replace(receipt, origin="letters.example/tunnel").check([KEY.verifier])


def test_a_receipt_that_another_key_signed_does_not_hold(receipt: Receipt) -> None:
    with pytest.raises(NotAReceipt):
        receipt.check([SigningKey(ORIGIN, bytes(32)).verifier])


DEEP = pytest.param(b"[" * 100_000, id="deep")


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"format": "undersigned/receipt/v1"}', b"\xff", b"null", DEEP])
def test_what_is_not_a_receipt_is_not_read_as_one(raw: bytes) -> None:
    with pytest.raises(NotAReceipt):
        Receipt.parse(raw)


def test_a_head_is_kept_on_one_line_and_made_whole_again() -> None:
    raw = head_over(ENTRIES, [KEY, SigningKey(ORIGIN, bytes(32))])
    line = shorten(raw)
    assert "\n" not in line
    assert ORIGIN not in line
    assert lengthen(line, ORIGIN) == raw
    for text in ("", "300", "300 root"):
        with pytest.raises(NotANote):
            lengthen(text, ORIGIN)
