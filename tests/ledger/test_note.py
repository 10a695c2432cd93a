import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.ledger.merkle import EMPTY_ROOT
from undersigned.ledger.note import (
    Checkpoint,
    NotANote,
    SigningKey,
    VerifierKey,
    is_key_name,
    is_origin,
    open_checkpoint,
    open_note,
    sign,
)

ORIGIN = "letters.example/bridge"
KEY = SigningKey(ORIGIN, bytes(range(32)))
NEXT = SigningKey(ORIGIN, bytes(range(1, 33)))
STRANGER = SigningKey("stranger.example/bridge", bytes(32))
HEAD = Checkpoint(ORIGIN, 70000, bytes(range(32)))
NOTE = sign(HEAD.text, [KEY])

# As the specification's own example is written, but for the signature.
EXAMPLE = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n"


# --- Keys -------------------------------------------------------------------------------------------------------------


def test_a_verifier_key_is_its_name_its_id_and_its_type_and_bytes() -> None:
    name, id_, key = KEY.verifier.text.split("+", 2)
    raw = base64.b64decode(key)
    assert (name, raw[:1], raw[1:]) == (ORIGIN, b"\x01", KEY.verifier.public)
    assert id_ == hashlib.sha256(f"{ORIGIN}\n".encode() + raw).hexdigest()[:8]


def test_a_known_seed_gives_the_known_key() -> None:
    """RFC 8032 §7.1, the first vector."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert SigningKey("rfc.example", seed).verifier.public.hex() == public


@given(seed=st.binary(min_size=32, max_size=32))
def test_a_verifier_key_is_read_back(seed: bytes) -> None:
    key = SigningKey(ORIGIN, seed).verifier
    assert VerifierKey.parse(key.text) == key
    assert VerifierKey.parse(f"{key.text}\n") == key


def test_a_key_of_another_name_has_another_id() -> None:
    assert SigningKey("other.example", KEY.seed).verifier.id != KEY.verifier.id


@pytest.mark.parametrize(
    "text",
    [
        "", "+", "++", ORIGIN, f"{ORIGIN}+00000000+AQ==", KEY.verifier.text[:-1], KEY.verifier.text.replace("/b", "/c"),
        f"a b+{KEY.verifier.text}", KEY.verifier.text.replace("+AQ", "+Ag"), f"{ORIGIN}+zzzzzzzz+{'A' * 44}",
    ],
)  # fmt: skip
def test_what_is_not_a_verifier_key_is_not_read_as_one(text: str) -> None:
    with pytest.raises(NotANote):
        VerifierKey.parse(text)


def test_two_keys_that_are_made_differ() -> None:
    assert SigningKey.make(ORIGIN) != SigningKey.make(ORIGIN)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\u2028b", "a\tb", "a\nb", "a\0b"])
def test_some_names_are_none(name: str) -> None:
    assert not is_key_name(name)
    assert not is_origin(name)


@pytest.mark.parametrize("origin", ["letters.example/bridge", "undersigned.example/a", "a.b", "x.example/a/b_c~d"])
def test_an_origin_is_an_address_without_its_scheme(origin: str) -> None:
    assert is_origin(origin)


@pytest.mark.parametrize(
    "origin",
    ["letters.example:8000/bridge", "https://letters.example/bridge", "a", "letters.example/", "Letters.example/a",
     "letters.example//a", "letters.example/다리", "letters.example/a\n", f"{'a' * 200}.example"],
)  # fmt: skip
def test_an_origin_has_no_port_no_scheme_and_no_end_of_its_own(origin: str) -> None:
    assert not is_origin(origin)


# --- Notes ------------------------------------------------------------------------------------------------------------


def test_a_note_is_its_text_a_blank_line_and_the_signatures() -> None:
    raw = sign(EXAMPLE, [KEY, STRANGER])
    text, blank, lines = raw.decode().rpartition("\n\n")
    assert (text + "\n", blank) == (EXAMPLE, "\n\n")
    one, other = lines.splitlines()
    assert one.startswith(f"— {ORIGIN} ")
    signature = base64.b64decode(one.rpartition(" ")[2])
    assert signature[:4] == KEY.verifier.id
    assert KEY.verifier.signed(EXAMPLE.encode(), signature[4:])
    assert other.startswith("— stranger.example/bridge ")


def test_a_note_opens_for_who_knows_one_of_its_keys() -> None:
    raw = sign(EXAMPLE, [KEY, NEXT, STRANGER])
    for key in (KEY, NEXT, STRANGER):
        assert open_note(raw, [key.verifier]) == (EXAMPLE, [key.verifier])
    assert open_note(raw, [NEXT.verifier, KEY.verifier]) == (EXAMPLE, [KEY.verifier, NEXT.verifier])


def test_a_note_that_only_strangers_signed_does_not_open() -> None:
    with pytest.raises(NotANote, match="no key"):
        open_note(sign(EXAMPLE, [STRANGER]), [KEY.verifier])
    with pytest.raises(NotANote, match="no key"):
        open_note(NOTE, [])


def test_a_known_key_whose_signature_is_wrong_spoils_the_note() -> None:
    mixed = NOTE + sign("another text\n", [NEXT]).rpartition(b"\n\n")[2]
    assert open_note(mixed, [KEY.verifier])
    with pytest.raises(NotANote, match="does not fit"):
        open_note(mixed, [KEY.verifier, NEXT.verifier])


def test_no_flipped_bit_is_passed_over() -> None:
    for place in range(len(NOTE)):
        for bit in range(8):
            raw = bytearray(NOTE)
            raw[place] ^= 1 << bit
            with pytest.raises(NotANote):
                open_checkpoint(bytes(raw), [KEY.verifier])


def test_no_truncated_note_opens() -> None:
    for end in range(len(NOTE)):
        with pytest.raises(NotANote):
            open_checkpoint(NOTE[:end], [KEY.verifier])


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\n\n", b"text\n", b"text\n\n", NOTE + b"\n", NOTE + b"more\n", NOTE.replace(b"\n", b"\r\n"),
        b"\xff" + NOTE, NOTE * 500, NOTE + b"\xe2\x80\x94 a AAAA\n", NOTE.replace(b"\n\n", b"\n"), NOTE[:-1],
        NOTE + NOTE.rpartition(b"\n\n")[2] * 100,
    ],
)  # fmt: skip
def test_what_is_not_a_note_is_not_opened(raw: bytes) -> None:
    with pytest.raises(NotANote):
        open_note(raw, [KEY.verifier])


# --- Checkpoints ------------------------------------------------------------------------------------------------------


def test_a_checkpoint_has_three_lines() -> None:
    assert HEAD.text == f"{ORIGIN}\n70000\n{base64.b64encode(HEAD.root).decode()}\n"
    assert open_checkpoint(NOTE, [KEY.verifier]) == HEAD


def test_a_checkpoint_of_an_empty_log_has_the_size_nought() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert Checkpoint.parse(empty.text) == empty


def test_a_checkpoint_under_another_name_than_its_key_s_is_not_taken() -> None:
    with pytest.raises(NotANote, match="no key of that name"):
        open_checkpoint(sign(HEAD.text, [STRANGER]), [STRANGER.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", HEAD.text[:-1], f"{HEAD.text}extension\n", HEAD.text.replace("70000", "070000"),
        HEAD.text.replace("70000", "-1"), HEAD.text.replace("70000", "7e4"), HEAD.text.replace("70000", "٧"),
        HEAD.text.replace("=", ""), HEAD.text.replace("8=", "9="), f"{ORIGIN}\n70000\nAAAA\n", f"\n{HEAD.text}",
        HEAD.text.replace(ORIGIN, "letters example"),
    ],
)  # fmt: skip
def test_what_is_not_a_checkpoint_is_not_read_as_one(text: str) -> None:
    with pytest.raises(NotANote):
        Checkpoint.parse(text)
