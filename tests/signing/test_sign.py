import re
from dataclasses import replace
from uuid import uuid4

import pyrage
import pytest

from tests.people import AMAL, OYUN, RUTH, SECRETARY, SOMI, Person
from tests.stage import DAY, NOON, notes, sign_and_confirm, sign_on
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.stages import set_sign_ons
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.keys import KeyRing
from undersigned.post.models import Note
from undersigned.signing.models import ConfirmationCode, Mailbox, SealedName, Signatory, Signature, State
from undersigned.signing.sign import Receipt, new_code, sign
from undersigned.signing.sign_on import NotTaken, SignOn, TextChanged, parse
from undersigned.signing.terms import terms_of
from undersigned.signing.withdraw import mailbox_of


def value_of(person: Person, letter: Letter) -> SignOn:
    terms = terms_of(letter, invited=True)
    return parse(person.form(terms.digest), person.kind, "en", terms)


def test_a_sign_on_is_pending_until_its_mailbox_confirms(letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    assert signature.state == State.PENDING
    assert signature.entry is None
    assert signature.signatory.name == SOMI.name
    assert signature.country == "KR"


def test_each_sign_on_writes_one_mail_with_link_and_code(letter: Letter, keys: KeyRing) -> None:
    signature = sign_on(SOMI, letter)
    [note] = notes(keys)
    assert note["mailbox"] == SOMI.email
    assert note["template"] == "confirm"
    assert note["language"] == "en"
    assert note["facts"]["link"].startswith("https://letters.example/s/")
    assert re.fullmatch(r"\d{4} \d{4}", note["facts"]["code"])
    assert Note.objects.get().reference == signature.pk


def test_the_code_is_stored_as_a_digest_only(letter: Letter, keys: KeyRing) -> None:
    sign_on(SOMI, letter)
    code = notes(keys)[0]["facts"]["code"]
    row = ConfirmationCode.objects.get()
    assert code.replace(" ", "").encode() not in bytes(row.digest)
    assert row.expires_at == NOON + DAY


def test_a_code_has_eight_digits_whatever_is_drawn(keys: KeyRing) -> None:
    codes = [new_code(uuid4(), NOON)[0] for _ in range(300)]
    assert all(re.fullmatch(r"\d{4} \d{4}", code) for code in codes)
    assert any(code.startswith("0") for code in codes)


def test_a_mailbox_is_stored_sealed(letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    assert SOMI.email.encode() not in bytes(Mailbox.objects.get().sealed)
    assert mailbox_of(signature.pk) == EmailAddress(SOMI.email)


def test_a_hidden_name_is_sealed_and_stored_nowhere_else(letter: Letter, coalition: pyrage.x25519.Identity) -> None:
    signature = sign_on(AMAL, letter, country="EG")
    assert not Signatory.objects.exists()
    assert signature.country == ""
    sealed = bytes(SealedName.objects.get().sealed)
    assert pyrage.decrypt(sealed, [coalition]).decode() == AMAL.name


def test_a_repeat_is_stored_as_a_first_one_is(letter: Letter) -> None:
    sign_and_confirm(SOMI, letter)
    repeat = sign_on(SOMI, letter)
    assert repeat.state == State.PENDING


def test_a_batch_answers_each_sign_on_and_stores_those_that_are_taken(letter: Letter) -> None:
    good = value_of(SOMI, letter)
    unknown = replace(good, letter=uuid4())
    changed = replace(good, digest="0" * 64)
    answers = sign([good, unknown, changed, good], NOON)
    assert [type(answer) for answer in answers] == [Receipt, NotTaken, TextChanged, Receipt]
    assert Signature.objects.count() == 2


def test_a_person_needs_an_invitation_where_the_letter_says_so(letter: Letter) -> None:
    [refused] = sign([value_of(RUTH, letter)], NOON)
    assert isinstance(refused, NotTaken)
    assert not Signature.objects.exists()


@pytest.mark.parametrize("person", [SOMI, OYUN, RUTH])
def test_nobody_signs_a_letter_whose_sign_ons_are_closed(letter: Letter, person: Person) -> None:
    value = value_of(person, letter)
    set_sign_ons(letter, SignOns.CLOSED, SECRETARY, NOON)
    [refused] = sign([value], NOON)
    assert isinstance(refused, NotTaken)
