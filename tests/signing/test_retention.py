from datetime import UTC, datetime, time, timedelta

import pytest

from tests.people import AMAL, OYUN, SECRETARY, SOMI
from tests.stage import (
    DAY,
    KEPT_UNTIL,
    MINUTE,
    NOON,
    invitation_to,
    make_letter,
    notes,
    number_entries,
    sign_and_confirm,
    sign_on,
)
from undersigned.ledger.models import Log, Opening
from undersigned.ledger.tally import counts
from undersigned.letters.freeze import freeze
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.stages import archive, set_sign_ons
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.keys import KeyMissing, KeyRing
from undersigned.signing import retention
from undersigned.signing.confirm import CodeWrong, Confirmed, NothingToConfirm, confirm, confirm_by_code
from undersigned.signing.find import send_links
from undersigned.signing.models import ConfirmationCode, Mailbox, SealedName, Signatory, Signature, State
from undersigned.signing.retention import forget, lapse, remind
from undersigned.signing.sign import sign
from undersigned.signing.sign_on import NotTaken, parse
from undersigned.signing.terms import terms_of

LATER = datetime.combine(KEPT_UNTIL + DAY, time(), UTC)
"""The day after the letter's data were to be kept."""


# --- Reminders --------------------------------------------------------------------------------------------------------


def test_a_reminder_after_two_days_and_another_after_five(letter: Letter, keys: KeyRing) -> None:
    sign_on(SOMI, letter)
    sent = [remind(NOON + n * DAY) for n in range(1, 8)]
    assert sent == [0, 1, 0, 0, 1, 0, 0]
    assert [note["template"] for note in notes(keys)] == ["confirm", "reminder", "reminder"]


def test_delays_can_be_given(letter: Letter) -> None:
    sign_on(SOMI, letter)
    assert remind(NOON + MINUTE, [MINUTE]) == 1
    assert remind(NOON + DAY, [MINUTE]) == 0


def test_a_reminder_brings_a_new_code_and_the_old_one_is_void(letter: Letter, keys: KeyRing) -> None:
    signature = sign_on(SOMI, letter)
    remind(NOON + 2 * DAY)
    old, new = (note["facts"]["code"] for note in notes(keys))
    if old != new:
        assert isinstance(confirm_by_code(signature.pk, old, NOON + 2 * DAY), CodeWrong)
    assert isinstance(confirm_by_code(signature.pk, new, NOON + 2 * DAY), Confirmed)


def test_who_confirmed_is_not_reminded(letter: Letter, keys: KeyRing) -> None:
    sign_and_confirm(SOMI, letter)
    assert remind(NOON + 6 * DAY) == 0
    assert notes(keys) == []


@pytest.fixture
def other(letter: Letter, keys: KeyRing) -> Letter:
    """Another letter, which is kept longer, and that Somi was invited to sign."""
    other = make_letter("open-the-gate", keys, keep_until=KEPT_UNTIL + 30 * DAY)
    freeze(other, SECRETARY, NOON)
    set_sign_ons(other, SignOns.INVITATION, SECRETARY, NOON)
    sign_on(SOMI, other, LATER - 3 * DAY, invited_by=invitation_to(other).pk)
    return other


def test_who_is_being_forgotten_is_not_reminded_and_everybody_else_is(
    letter: Letter, other: Letter, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        sign_on(SOMI, letter, LATER - 3 * DAY, email=f"{name}@mail.example")
    with monkeypatch.context() as patch:
        patch.setattr(retention, "BATCH", 1)
        forget(LATER)
    assert Signature.objects.filter(letter=letter, state=State.PENDING).count() == 1
    assert remind(LATER) == 1
    assert [note["mailbox"] for note in notes(keys, "reminder")] == [SOMI.email]


def test_a_letter_whose_key_is_missing_holds_up_the_reminders_of_no_other_one(
    letter: Letter, other: Letter, keys: KeyRing
) -> None:
    sign_on(AMAL, letter, LATER - 3 * DAY)
    keys.destroy_letter_key(letter.pk)
    with pytest.RaisesGroup(KeyMissing):
        remind(LATER - DAY)
    assert [note["mailbox"] for note in notes(keys, "reminder")] == [SOMI.email]


# --- Lapse ------------------------------------------------------------------------------------------------------------


def test_what_nobody_confirmed_lapses_after_fourteen_days_and_is_erased(letter: Letter, keys: KeyRing) -> None:
    hidden, signature = sign_on(AMAL, letter), sign_on(SOMI, letter)
    assert lapse(NOON + 14 * DAY - MINUTE) == 0
    assert lapse(NOON + 14 * DAY) == 2
    for row in (hidden, signature):
        row.refresh_from_db()
        assert (row.state, row.mailbox_digest, row.country) == (State.LAPSED, None, "")
    assert not any(table.objects.exists() for table in (Signatory, SealedName, Mailbox, ConfirmationCode))
    assert notes(keys) == []


def test_what_was_pending_when_its_letter_was_archived_lapses_at_once(letter: Letter, keys: KeyRing) -> None:
    pending, other = sign_on(SOMI, letter), make_letter("open-the-gate", keys)
    freeze(other, SECRETARY, NOON)
    set_sign_ons(other, SignOns.INVITATION, SECRETARY, NOON)
    sign_on(SOMI, other, invited_by=invitation_to(other).pk)
    archive(letter, SECRETARY, NOON + MINUTE)
    assert lapse(NOON + MINUTE) == 1
    pending.refresh_from_db()
    assert (pending.state, Signatory.objects.count()) == (State.LAPSED, 1)
    assert len(notes(keys)) == 1


def test_what_was_confirmed_never_lapses(letter: Letter) -> None:
    sign_and_confirm(OYUN, letter)
    assert lapse(NOON + timedelta(days=400)) == 0


# --- Forgetting -------------------------------------------------------------------------------------------------------


def test_at_the_end_everything_about_persons_is_erased_and_the_count_stays(letter: Letter, keys: KeyRing) -> None:
    for person in (SOMI, AMAL):
        sign_and_confirm(person, letter)
    number_entries(letter)
    assert forget(LATER - MINUTE) == 0
    assert forget(LATER) == 2
    assert forget(LATER) == 0
    assert not any(table.objects.exists() for table in (Signatory, SealedName, Mailbox))
    assert counts(Log.objects.get()).total == 2
    assert not Opening.objects.filter(entry__event="signed").exists()
    with pytest.raises(KeyMissing):
        keys.letter_key(letter.pk)


def test_the_pages_follow(letter: Letter) -> None:
    sign_and_confirm(SOMI, letter)
    before = Letter.objects.get(pk=letter.pk).revision
    forget(LATER)
    assert Letter.objects.get(pk=letter.pk).revision > before


def test_what_was_not_counted_yet_lapses_and_can_no_longer_be_confirmed(letter: Letter) -> None:
    pending, undecided = sign_on(SOMI, letter), sign_and_confirm(OYUN, letter)
    forget(LATER)
    assert {row.state for row in Signature.objects.all()} == {State.LAPSED}
    for row in (pending, undecided):
        [answer] = confirm([row.pk], LATER)
        assert isinstance(answer, NothingToConfirm)


def test_nobody_signs_or_asks_for_a_link_afterwards(letter: Letter, keys: KeyRing) -> None:
    sign_and_confirm(SOMI, letter)
    terms = terms_of(letter, invited=False)
    forget(LATER)
    value = parse(SOMI.form(terms.digest), SOMI.kind, "en", terms)
    assert isinstance(sign([value], LATER)[0], NotTaken)
    send_links(letter, EmailAddress(SOMI.email), "en", LATER)
    assert notes(keys) == []


def test_other_letters_are_left_alone(letter: Letter, keys: KeyRing) -> None:
    sign_and_confirm(SOMI, letter)
    Letter.objects.filter(pk=letter.pk).update(keep_until=LATER.date() + DAY)
    assert forget(LATER) == 0
    assert keys.letter_key(letter.pk)
