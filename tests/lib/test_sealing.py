import hashlib
import hmac

import pyrage
import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from undersigned.lib.sealing import keyed_digest, seal, seal_to_coalition, unseal

KEY, OTHER = bytes(range(32)), bytes(32)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_with_the_same_key_for_the_same_purpose(plain: str) -> None:
    assert unseal(KEY, seal(KEY, plain, "mailbox"), "mailbox") == plain


@pytest.mark.parametrize(("key", "purpose"), [(OTHER, "mailbox"), (KEY, "note"), (KEY, ""), (OTHER, "note")])
def test_what_is_sealed_opens_with_no_other_key_and_for_no_other_purpose(key: bytes, purpose: str) -> None:
    with pytest.raises(InvalidTag):
        unseal(key, seal(KEY, "somi@mail.example", "mailbox"), purpose)


def test_what_is_sealed_does_not_open_once_a_single_bit_was_turned() -> None:
    sealed = seal(KEY, "somi@mail.example", "mailbox")
    for place in range(len(sealed)):
        turned = bytearray(sealed)
        turned[place] ^= 1
        with pytest.raises(InvalidTag):
            unseal(KEY, bytes(turned), "mailbox")


def test_what_is_sealed_does_not_open_once_it_was_cut_short() -> None:
    sealed = seal(KEY, "somi@mail.example", "mailbox")
    for length in range(len(sealed)):
        with pytest.raises(InvalidTag):
            unseal(KEY, sealed[:length], "mailbox")


def test_what_is_sealed_shows_nothing_of_itself_and_never_looks_the_same() -> None:
    sealed = {seal(KEY, "somi@mail.example", "mailbox") for _ in range(50)}
    assert len(sealed) == len({one[:12] for one in sealed}) == 50
    assert not any(b"somi" in one or b"mail" in one for one in sealed)


def test_only_the_coalition_opens_what_is_sealed_to_it() -> None:
    coalition, stranger = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    sealed = seal_to_coalition(str(coalition.to_public()), "나소미")
    assert pyrage.decrypt(sealed, [coalition]).decode() == "나소미"
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [stranger])
    assert "나소미".encode() not in sealed


def test_what_is_sealed_to_the_coalition_is_a_file_that_age_opens() -> None:
    coalition = pyrage.x25519.Identity.generate()
    assert seal_to_coalition(str(coalition.to_public()), "나소미").startswith(b"age-encryption.org/v1\n")


@pytest.mark.parametrize("recipient", ["", "age1", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA"])
def test_nothing_is_sealed_to_what_is_no_recipient(recipient: str) -> None:
    with pytest.raises(pyrage.RecipientError):
        seal_to_coalition(recipient, "나소미")


def test_equal_texts_have_equal_digests_within_one_purpose_and_one_key_only() -> None:
    digest = keyed_digest(KEY, "mailbox", "somi@mail.example")
    assert digest == keyed_digest(KEY, "mailbox", "somi@mail.example")
    others = {
        keyed_digest(OTHER, "mailbox", "somi@mail.example"),
        keyed_digest(KEY, "person", "somi@mail.example"),
        keyed_digest(KEY, "mailbox", "omi@mail.example"),
        keyed_digest(KEY, "mailboxs", "omi@mail.example"),
        hashlib.sha256(b"somi@mail.example").digest(),
    }
    assert digest not in others
    assert len(others) == 5


def test_a_keyed_digest_is_hmac_sha_256() -> None:
    known = hmac.new(KEY, b"mailbox\x00somi@mail.example", hashlib.sha256).digest()
    assert keyed_digest(KEY, "mailbox", "somi@mail.example") == known
