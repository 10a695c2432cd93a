"""Proofs of single entries as files, looked at by Go's code and by our own: both take them, or neither."""

from pathlib import Path

import pytest

from tests.ledger.oracle.conftest import Oracle
from tests.ledger.paper import KEY, head_over, lines, write_log
from undersigned.ledger.note import SigningKey
from undersigned.ledger.proof import HEADER, NotAProof, Proof, prove

SIZE = 300
ENTRIES = lines(SIZE)
HEAD = head_over(ENTRIES)


def proof_of(index: int, folder: Path) -> Proof:
    return prove(index, HEAD, lambda path: (folder / path).read_bytes())


def ours(entry: bytes, raw: bytes) -> bool:
    try:
        Proof.parse(raw).check(entry, [KEY.verifier])
    except NotAProof:
        return False
    return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_log(tmp_path, ENTRIES)


class Asked:
    """What the oracle says of an entry and a proof that are given as bytes."""

    def __init__(self, oracle: Oracle, folder: Path) -> None:
        self.oracle = oracle
        self.folder = folder

    def __call__(self, entry: bytes, raw: bytes) -> bool:
        (self.folder / "entry").write_bytes(entry)
        (self.folder / "proof").write_bytes(raw)
        return not self.oracle("proof", self.folder / "entry", self.folder / "proof", KEY.verifier.text)


@pytest.fixture
def theirs(oracle: Oracle, tmp_path: Path) -> Asked:
    return Asked(oracle, tmp_path)


def test_a_proof_in_either_form_is_taken(folder: Path, theirs: Asked) -> None:
    for index in (0, 1, 254, 255, 256, 257, 299):
        proof = proof_of(index, folder)
        for raw in (proof.tlog_proof, proof.spicy):
            assert ours(ENTRIES[index], raw)
            assert theirs(ENTRIES[index], raw)
            assert Proof.parse(raw) == proof


def test_a_proof_of_the_only_entry_has_no_path(theirs: Asked) -> None:
    proof = Proof(0, (), head_over(ENTRIES[:1]))
    assert proof.spicy.startswith(b"index 0\n\n")
    assert ours(ENTRIES[0], proof.tlog_proof)
    assert theirs(ENTRIES[0], proof.tlog_proof)


def test_no_byte_of_a_proof_or_its_entry_can_be_turned(folder: Path, theirs: Asked) -> None:
    raw, entry = proof_of(257, folder).tlog_proof, ENTRIES[257]
    for place in range(len(raw) + len(entry)):
        both = bytearray(raw + entry)
        both[place] ^= 1 << place % 8
        changed, other = bytes(both[: len(raw)]), bytes(both[len(raw) :])
        assert not ours(other, changed), place
        assert not theirs(other, changed), place


def test_a_proof_proves_no_other_entry_index_or_head(folder: Path, theirs: Asked) -> None:
    proof = proof_of(257, folder)
    namesake = SigningKey(KEY.name, bytes(32))
    for entry, wrong in (
        (ENTRIES[256], proof),
        (ENTRIES[257], Proof(256, proof.path, HEAD)),
        (ENTRIES[257], Proof(300, proof.path, HEAD)),
        (ENTRIES[257], Proof(257, proof.path[:-1], HEAD)),
        (ENTRIES[257], Proof(257, (*proof.path, bytes(32)), HEAD)),
        (ENTRIES[257], Proof(257, proof.path[::-1], HEAD)),
        (ENTRIES[257], Proof(257, proof.path, head_over(ENTRIES[:299]))),
        (ENTRIES[257], Proof(257, proof.path, head_over(ENTRIES, [namesake]))),
        (ENTRIES[257], Proof(257, proof.path, head_over(ENTRIES, [KEY], "letters.example/tunnel"))),
    ):
        assert not ours(entry, wrong.tlog_proof)
        assert not theirs(entry, wrong.tlog_proof)
        assert not ours(entry, wrong.spicy)
        assert not theirs(entry, wrong.spicy)


def test_what_comes_along_with_a_proof_proves_nothing_and_does_no_harm(folder: Path) -> None:
    raw = proof_of(257, folder).tlog_proof.replace(HEADER.encode(), HEADER.encode() + b"extra YWJj\n")
    assert ours(ENTRIES[257], raw)


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"index 0\n", b"index 00\n\n" + HEAD, b"index -1\n\n" + HEAD, b"index 0\nAAAA\n\n" + HEAD,
            b"index\n\n" + HEAD, b"\xff\n\n" + HEAD, b"index 0\n" + b"A\n" * 100 + b"\n" + HEAD],
)  # fmt: skip
def test_what_is_not_a_proof_is_not_read_as_one(raw: bytes) -> None:
    with pytest.raises(NotAProof):
        Proof.parse(raw)
