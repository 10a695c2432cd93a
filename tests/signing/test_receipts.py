import json
from datetime import UTC, datetime, time

import pytest
from pytest_django.fixtures import Settings

from tests.ledger.published import folder_of, keys_of
from tests.people import AMAL, BILGE, OYUN, SECRETARY, SOMI, Person
from tests.stage import DAY, HOUR, KEPT_UNTIL, MINUTE, NOON, notes, sign_and_confirm, sign_on
from tests.trouble import cut_at_each_step, everything
from undersigned.config.worker import sequence_step
from undersigned.ledger.events import Event
from undersigned.ledger.models import Log
from undersigned.ledger.note import lengthen, open_checkpoint
from undersigned.ledger.receipt import Receipt
from undersigned.ledger.sequence import sequence
from undersigned.letters.models import Letter
from undersigned.lib.keys import KeyRing
from undersigned.post.gather import gather
from undersigned.post.models import Mail
from undersigned.signing import retention
from undersigned.signing.correct import accept_correction, correct
from undersigned.signing.decide import accept
from undersigned.signing.models import Signature
from undersigned.signing.receipts import has_receipt, receipt_of, send_receipts
from undersigned.signing.retention import forget
from undersigned.signing.sign_on import parse_card
from undersigned.signing.terms import terms_of
from undersigned.signing.withdraw import withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_may_hide(settings: Settings) -> None:
    settings.HIDDEN_BATCH = 2


def fresh(signature: Signature) -> Signature:
    return Signature.objects.select_related("letter").get(pk=signature.pk)


def listed(letter: Letter) -> Signature:
    """Somi has signed, and is in the published log."""
    signature = sign_and_confirm(SOMI, letter)
    sequence_step(NOON)
    return fresh(signature)


def receipt(signature: Signature) -> Receipt:
    found = receipt_of(fresh(signature))
    assert found
    return found


def log_of(letter: Letter) -> Log:
    return Log.objects.get(origin=letter.origin)


# --- The receipt ------------------------------------------------------------------------------------------------------


def test_a_receipt_shows_the_entry_its_proof_and_what_opens_it(letter: Letter) -> None:
    found = receipt(listed(letter))
    [(line, head)] = found.check(keys_of(log_of(letter)).verifiers())
    assert (line.event, line.kind, head.size, head.origin) == (Event.SIGNED, "supporter", 3, letter.origin)
    [item] = found.items
    assert item.proof.index == 2
    assert item.opening
    assert json.loads(item.opening.record)["name"] == SOMI.name
    assert Receipt.parse(found.raw) == found


def test_there_is_no_receipt_before_the_entry_is_published(letter: Letter) -> None:
    pending = sign_on(SOMI, letter)
    assert receipt_of(fresh(pending)) is None
    signature = sign_and_confirm(SOMI, letter, NOON + MINUTE)
    assert receipt_of(fresh(signature)) is None
    assert not has_receipt(fresh(signature))
    sequence_step(NOON)
    assert has_receipt(fresh(signature))
    assert receipt_of(fresh(signature))


def test_there_is_no_receipt_of_an_entry_that_is_numbered_and_not_published(letter: Letter) -> None:
    listed(letter)
    late = sign_and_confirm(Person("Ferne Beispiel", "ferne@mail.example", typed=SOMI.typed), letter)
    sequence(log_of(letter).pk, hidden_batch=1)  # and the worker died before it was published
    assert receipt_of(fresh(late)) is None
    sequence_step(NOON)
    assert receipt(late).items


def test_a_receipt_of_a_hidden_signatory_opens_a_nonce_and_nothing_else(letter: Letter) -> None:
    signatures = [sign_and_confirm(person, letter) for person in (AMAL, BILGE)]
    sequence_step(NOON)
    for signature in signatures:
        found = receipt(signature)
        assert found.check(keys_of(log_of(letter)).verifiers())
        [item] = found.items
        assert item.opening
        assert item.opening.is_nonce
        for person in (AMAL, BILGE):
            assert person.name.encode() not in found.raw
            assert person.email.encode() not in found.raw


def test_after_a_correction_the_amendment_opens_and_the_first_entry_does_not(letter: Letter) -> None:
    signature = sign_and_confirm(OYUN, letter)
    accept(signature, SECRETARY, NOON)
    sequence_step(NOON)
    form = OYUN.form(terms_of(letter, invited=False).digest, name="Steppe Shelter")
    correct(fresh(signature), parse_card(form, "organisation", terms_of(letter, invited=False)), NOON)
    accept_correction(fresh(signature), SECRETARY, NOON + HOUR)
    sequence_step(NOON)
    found = receipt(signature)
    lines = [line for line, _ in found.check(keys_of(log_of(letter)).verifiers())]
    assert [(line.event, line.about) for line in lines] == [(Event.SIGNED, None), (Event.AMENDED, 2)]
    signed, amended = found.items
    assert signed.opening is None
    assert amended.opening
    assert json.loads(amended.opening.record)["name"] == "Steppe Shelter"


def test_after_a_withdrawal_there_is_no_receipt_and_an_old_one_still_holds(letter: Letter) -> None:
    signature = listed(letter)
    old = receipt(signature)
    withdraw([signature.pk], NOON)
    sequence_step(NOON)
    assert receipt_of(fresh(signature)) is None
    assert old.check(keys_of(log_of(letter)).verifiers())


# --- The mail that tells of it ----------------------------------------------------------------------------------------


def test_who_enters_the_log_is_told_once_where_the_receipt_is(letter: Letter, keys: KeyRing) -> None:
    signature = listed(letter)
    assert send_receipts(NOON) == 1
    assert send_receipts(NOON + DAY) == 0
    [note] = notes(keys, "receipt")
    assert note["mailbox"] == SOMI.email
    assert note["facts"]["link"].startswith("https://letters.example/s/")
    assert fresh(signature).receipted_at == NOON


def test_nobody_is_told_before_their_entry_has_its_number(letter: Letter, keys: KeyRing) -> None:
    sign_and_confirm(SOMI, letter)
    assert send_receipts(NOON) == 0
    assert not notes(keys, "receipt")


def test_nobody_is_told_before_the_published_head_speaks_of_them(letter: Letter, keys: KeyRing) -> None:
    first = listed(letter)
    second = sign_and_confirm(Person("Ferne Beispiel", "ferne@mail.example", typed=SOMI.typed), letter)
    sequence(log_of(letter).pk, hidden_batch=1)  # numbered, and the worker died before it was published
    assert send_receipts(NOON) == 1
    assert fresh(second).receipted_at is None
    sequence_step(NOON)
    assert send_receipts(NOON) == 1
    assert fresh(first).receipted_at == fresh(second).receipted_at == NOON


def test_who_is_being_forgotten_is_sent_no_receipt(
    letter: Letter, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        sign_and_confirm(SOMI, letter, email=f"{name}@mail.example")
    sequence_step(NOON)
    later = datetime.combine(KEPT_UNTIL + DAY, time(), UTC)
    monkeypatch.setattr(retention, "BATCH", 1)
    assert forget(later) == 1
    assert send_receipts(later) == 0
    assert not notes(keys, "receipt")


def test_who_hides_is_sent_no_receipt(letter: Letter, keys: KeyRing) -> None:
    for person in (AMAL, BILGE):
        sign_and_confirm(person, letter)
    sequence_step(NOON)
    assert send_receipts(NOON) == 0
    assert not notes(keys, "receipt")


def test_the_mail_carries_the_head_of_the_log_and_names_nothing(letter: Letter, keys: KeyRing) -> None:
    listed(letter)
    send_receipts(NOON)
    [note] = notes(keys, "receipt")
    line = note["facts"]["checkpoint"]
    assert letter.origin not in line
    raw = lengthen(line, letter.origin)
    assert raw == (folder_of(log_of(letter)) / "checkpoint").read_bytes()
    assert open_checkpoint(raw, keys_of(log_of(letter)).verifiers()).size == 3


def test_the_mail_of_the_day_comes_first_and_the_receipt_a_day_later(letter: Letter) -> None:
    pending = sign_on(SOMI, letter)
    assert gather(NOON) == 1
    Mail.objects.update(state="sent")
    signature = sign_and_confirm(SOMI, letter, NOON + MINUTE)
    assert signature.pk != pending.pk
    sequence_step(NOON)
    send_receipts(NOON + HOUR)
    assert gather(NOON + HOUR) == 0
    assert gather(NOON + DAY) == 1


def test_who_leaves_before_the_mail_does_is_not_sent_it(letter: Letter, keys: KeyRing) -> None:
    signature = listed(letter)
    send_receipts(NOON)
    withdraw([signature.pk], NOON)
    assert not notes(keys, "receipt")


def test_telling_that_breaks_at_any_step_tells_nobody_or_everybody_once(letter: Letter, keys: KeyRing) -> None:
    listed(letter)
    before = everything()
    for step in cut_at_each_step(lambda: send_receipts(NOON)):
        after = everything()
        assert after == before or len(notes(keys, "receipt")) == 1, step
        if after != before:
            return
    assert len(notes(keys, "receipt")) == 1


def test_receipts_are_told_in_the_language_of_their_signatory(letter: Letter, keys: KeyRing) -> None:
    signature = listed(letter)
    Signature.objects.filter(pk=signature.pk).update(language="ko")
    send_receipts(datetime.fromisoformat("2026-11-10T13:00:00+00:00"))
    assert notes(keys, "receipt")[0]["language"] == "ko"


def test_who_was_listed_on_the_coalition_s_word_is_sent_no_receipt(letter: Letter, keys: KeyRing) -> None:
    signature = listed(letter)
    Signature.objects.filter(pk=signature.pk).update(confirmed_at=None)  # as an attested sheet leaves it
    assert send_receipts(NOON) == 0
    assert not notes(keys, "receipt")
