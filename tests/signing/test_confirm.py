from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.people import AMAL, OYUN, RUTH, SECRETARY, SOMI, Person
from tests.plans import plan_of
from tests.stage import (
    DAY,
    HOUR,
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
from tests.trouble import PATIENCE, another_process
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.models import Entry, Log
from undersigned.ledger.tally import counts, recount
from undersigned.letters.freeze import freeze
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.stages import LetterIsArchived, archive, set_sign_ons
from undersigned.lib.keys import KeyRing
from undersigned.lib.sealing import unseal
from undersigned.post.models import Note
from undersigned.signing.confirm import (
    MOST_CODES,
    TRIES,
    CodeWrong,
    Confirmed,
    NothingToConfirm,
    Outcome,
    confirm,
    confirm_by_code,
)
from undersigned.signing.models import ConfirmationCode, Mailbox, SealedName, Signatory, Signature, State
from undersigned.signing.retention import lapse
from undersigned.signing.sign import code_digest
from undersigned.signing.withdraw import mailbox_of, withdraw


def code_in(keys: KeyRing) -> str:
    return str(notes(keys)[-1]["facts"]["code"])


def signed_entries(letter: Letter) -> int:
    return Entry.objects.filter(log__origin=letter.origin, event=Event.SIGNED).count()


def test_a_supporter_is_listed_at_confirmation(letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    assert confirm([signature.pk], NOON + MINUTE) == [Confirmed(signature.pk, Outcome.LISTED)]
    signature.refresh_from_db()
    assert signature.state == State.LISTED
    assert signature.confirmed_at == signature.listed_at == NOON + MINUTE
    assert signature.entry is not None
    assert signature.entry.kind == Tallied.SUPPORTER


@pytest.mark.parametrize("person", [OYUN, RUTH])
def test_organisations_and_persons_await_the_desk(letter: Letter, person: Person) -> None:
    letter.person_way = "public"
    letter.save()
    signature = sign_on(person, letter)
    assert confirm([signature.pk], NOON) == [Confirmed(signature.pk, Outcome.AWAITS_DESK)]
    assert signed_entries(letter) == 0


def test_confirming_twice_counts_once(letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    [first], [second] = confirm([signature.pk], NOON), confirm([signature.pk], NOON + DAY)
    assert first == second
    assert signed_entries(letter) == 1


def test_nothing_is_confirmed_under_a_letter_that_is_archived(letter: Letter, keys: KeyRing) -> None:
    stood, late = sign_and_confirm(SOMI, letter), sign_on(AMAL, letter)
    code, repeat = code_in(keys), sign_on(SOMI, letter)
    archive(letter, SECRETARY, NOON + DAY)
    answers = confirm([late.pk, repeat.pk, stood.pk], NOON + DAY)
    assert [type(answer) for answer in answers] == [LetterIsArchived, LetterIsArchived, Confirmed]
    assert isinstance(confirm_by_code(late.pk, code, NOON + HOUR), LetterIsArchived)
    assert signed_entries(letter) == 1


@pytest.mark.parametrize("person", [SOMI, AMAL])
def test_who_is_about_to_be_forgotten_cannot_confirm_any_more(letter: Letter, keys: KeyRing, person: Person) -> None:
    """Whether or not the letter's key, to which it would be sealed, is gone already."""
    late = sign_on(person, letter)
    keys.destroy_letter_key(letter.pk)
    [answer] = confirm([late.pk], datetime.combine(KEPT_UNTIL + DAY, time(), UTC))
    assert isinstance(answer, NothingToConfirm)
    assert not signed_entries(letter)


def test_one_batch_may_name_a_sign_on_twice(letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    first, second = confirm([signature.pk, signature.pk], NOON)
    assert first == second
    assert signed_entries(letter) == 1


def test_signing_twice_with_one_address_counts_once(letter: Letter) -> None:
    first = sign_and_confirm(SOMI, letter)
    repeat = sign_on(SOMI, letter, name="Na Somi", email="SOMI@MAIL.example")
    assert confirm([repeat.pk], NOON + DAY) == [Confirmed(first.pk, Outcome.STOOD_BEFORE)]
    assert signed_entries(letter) == 1
    assert Signatory.objects.get().name == SOMI.name


def test_of_two_sign_ons_of_one_person_in_a_batch_the_first_stands(letter: Letter) -> None:
    first, second = sign_on(SOMI, letter), sign_on(SOMI, letter, name="Na Somi")
    one, other = confirm([first.pk, second.pk], NOON)
    assert one == Confirmed(first.pk, Outcome.LISTED)
    assert other == Confirmed(first.pk, Outcome.STOOD_BEFORE)
    assert Signature.objects.count() == 1


def test_a_repeat_leaves_nothing_behind(letter: Letter) -> None:
    sign_and_confirm(SOMI, letter)
    repeat = sign_on(SOMI, letter)
    confirm([repeat.pk], NOON + DAY)
    for table in (Signature, Signatory, Mailbox):
        assert table.objects.count() == 1
    assert not ConfirmationCode.objects.exists()
    assert not Note.objects.filter(reference=repeat.pk).exists()


def test_a_repeat_never_makes_a_hidden_name_public(letter: Letter) -> None:
    hidden = sign_and_confirm(AMAL, letter)
    repeat = sign_on(AMAL, letter, visibility="public")
    assert confirm([repeat.pk], NOON + DAY) == [Confirmed(hidden.pk, Outcome.STOOD_BEFORE)]
    assert not Signatory.objects.exists()
    assert SealedName.objects.count() == 1


def test_one_mailbox_signs_for_several_organisations_and_as_a_person(letter: Letter) -> None:
    organisations = [sign_and_confirm(OYUN, letter, name=name) for name in ("First Shelter", "Second Shelter")]
    person = sign_and_confirm(SOMI, letter, email=OYUN.email)
    assert [row.state for row in organisations] == [State.CONFIRMED, State.CONFIRMED]
    assert person.state == State.LISTED


def test_a_hidden_signature_is_counted_without_name_and_its_mailbox_is_sealed_to_the_coalition(
    letter: Letter, keys: KeyRing
) -> None:
    signature = sign_and_confirm(AMAL, letter)
    assert signature.entry is not None
    assert signature.entry.kind == Tallied.HIDDEN
    mailbox = Mailbox.objects.get()
    assert mailbox.is_sealed_to_coalition
    assert mailbox_of(signature.pk) is None
    with pytest.raises(InvalidTag):
        unseal(keys.letter_key(letter.pk), bytes(mailbox.sealed), "mailbox")


def test_what_was_confirmed_waits_for_no_mail_any_more(letter: Letter) -> None:
    sign_and_confirm(SOMI, letter)
    assert not Note.objects.exists()


def test_the_count_is_the_logs_count(letter: Letter) -> None:
    sign_and_confirm(SOMI, letter)
    sign_and_confirm(AMAL, letter)
    number_entries(letter)
    log = Log.objects.get()
    assert counts(log) == recount(log)
    assert (counts(log).supporters, counts(log).hidden) == (1, 1)


def test_nothing_is_left_to_confirm_after_a_lapse_a_withdrawal_or_never(letter: Letter) -> None:
    lapsed = sign_on(SOMI, letter)
    lapse(NOON + timedelta(days=15))
    withdrawn = sign_and_confirm(SOMI, letter)
    withdraw([withdrawn.pk], NOON)
    for signature in (lapsed.pk, withdrawn.pk, uuid4()):
        [answer] = confirm([signature], NOON)
        assert isinstance(answer, NothingToConfirm)


WIDE = {ord(str(digit)): chr(ord("０") + digit) for digit in range(10)}
"""As the keyboards of East Asia type digits, if nobody tells them otherwise."""


@pytest.mark.parametrize(
    "spoken",
    [
        str,
        lambda code: code.replace(" ", ""),
        lambda code: f" {code[:3]} {code[3:]} ",
        lambda code: code.translate(WIDE | {ord(" "): "\u3000"}),
    ],
)
def test_the_typed_code_confirms_however_it_is_spaced_and_however_wide(
    letter: Letter, keys: KeyRing, spoken: Callable[[str], str]
) -> None:
    signature = sign_on(SOMI, letter)
    typed = spoken(code_in(keys))
    assert confirm_by_code(signature.pk, typed, NOON) == Confirmed(signature.pk, Outcome.LISTED)


def test_a_code_of_six_digits_that_was_mailed_before_an_upgrade_has_its_day(letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    ConfirmationCode.objects.update(digest=code_digest(signature.pk, "012345"))
    assert confirm_by_code(signature.pk, "012345", NOON) == Confirmed(signature.pk, Outcome.LISTED)


def test_a_code_is_bound_to_its_sign_on(letter: Letter, keys: KeyRing) -> None:
    sign_on(SOMI, letter)
    code = code_in(keys)
    other = sign_on(AMAL, letter)
    assert isinstance(confirm_by_code(other.pk, code, NOON), CodeWrong)


def test_a_code_has_five_tries_and_the_link_lasts_longer(letter: Letter, keys: KeyRing) -> None:
    signature = sign_on(SOMI, letter)
    code = code_in(keys)
    for _ in range(TRIES):
        assert isinstance(confirm_by_code(signature.pk, "0000 0000x", NOON), CodeWrong)
    assert isinstance(confirm_by_code(signature.pk, code, NOON), CodeWrong)
    assert confirm([signature.pk], NOON) == [Confirmed(signature.pk, Outcome.LISTED)]


def test_whoever_makes_many_sign_ons_to_guess_the_code_of_a_mailbox_gets_no_more_tries(
    letter: Letter, keys: KeyRing
) -> None:
    waiting = [sign_on(OYUN, letter, name=f"Shelter {number}") for number in range(MOST_CODES)]
    code = code_in(keys)
    late = sign_on(SOMI, letter, email=OYUN.email)
    assert isinstance(confirm_by_code(waiting[-1].pk, code, NOON), CodeWrong)
    assert isinstance(confirm_by_code(late.pk, code_in(keys), NOON), CodeWrong)
    assert confirm([late.pk], NOON) == [Confirmed(late.pk, Outcome.LISTED)]
    assert confirm_by_code(waiting[-1].pk, code, NOON) == Confirmed(waiting[-1].pk, Outcome.AWAITS_DESK)


def test_codes_of_other_mailboxes_and_letters_are_not_concerned(letter: Letter, keys: KeyRing) -> None:
    other = make_letter("open-the-gate", keys)
    freeze(other, SECRETARY, NOON)
    set_sign_ons(other, SignOns.INVITATION, SECRETARY, NOON)
    for _ in range(MOST_CODES + 1):
        sign_on(AMAL, letter)
        sign_on(SOMI, other, invited_by=invitation_to(other).pk)
    signature = sign_on(SOMI, letter)
    assert confirm_by_code(signature.pk, code_in(keys), NOON) == Confirmed(signature.pk, Outcome.LISTED)


def test_how_many_codes_a_mailbox_has_is_looked_up_by_it(letter: Letter, keys: KeyRing) -> None:
    """However many sign on, once the database has counted some of them; before, there are few to be read."""
    signature = sign_on(SOMI, letter)
    Signature.objects.bulk_create(
        Signature(letter=letter, kind="supporter", state=State.PENDING, mailbox_digest=digest.bytes, created_at=NOON)
        for digest in (uuid4() for _ in range(100))
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signing_signature")
    with CaptureQueriesContext(connection) as asked:
        confirm_by_code(signature.pk, code_in(keys), NOON)
    [question] = [query["sql"] for query in asked if "COUNT" in query["sql"]]
    assert "signatures_by_mailbox" in plan_of(question)


def test_a_code_is_good_for_one_day(letter: Letter, keys: KeyRing) -> None:
    signature = sign_on(SOMI, letter)
    assert isinstance(confirm_by_code(signature.pk, code_in(keys), NOON + DAY), CodeWrong)


def test_a_code_tells_nobody_whether_its_sign_on_was_confirmed(letter: Letter, keys: KeyRing) -> None:
    signature = sign_on(SOMI, letter)
    code = code_in(keys)
    confirm([signature.pk], NOON)
    assert isinstance(confirm_by_code(signature.pk, code, NOON), CodeWrong)
    assert isinstance(confirm_by_code(uuid4(), code, NOON), CodeWrong)


def test_a_code_that_the_link_overtakes_is_wrong(letter: Letter, keys: KeyRing) -> None:
    signature = sign_on(SOMI, letter)
    code, statements = code_in(keys), []

    def overtake(execute: Callable[..., Any], *statement: Any) -> Any:
        statements.append(statement)
        if len(statements) == 2:
            confirm([signature.pk], NOON)
        return execute(*statement)

    with connection.execute_wrapper(overtake):
        assert isinstance(confirm_by_code(signature.pk, code, NOON), CodeWrong)
    signature.refresh_from_db()
    assert signature.state == State.LISTED


def test_whether_somebody_stands_already_is_looked_up_by_who_they_are(letter: Letter) -> None:
    """However many stand: PostgreSQL would read them all where it knows nothing yet of how many there are."""
    signature = sign_on(SOMI, letter)
    with CaptureQueriesContext(connection) as asked:
        confirm([signature.pk], NOON)
    [question] = [query["sql"] for query in asked if '"stands"' in query["sql"]]
    sought = {
        "postgresql": "letter_id = signing_signature.letter_id) AND (person_digest",
        "sqlite": "(letter_id=? AND person_digest=?)",
    }[connection.vendor]
    assert sought in plan_of(question)


def test_what_a_confirmation_refers_to_is_looked_up_by_its_key(letter: Letter) -> None:
    """However few there were when PostgreSQL made its plan, which it keeps as long as the connection."""
    signature = sign_on(SOMI, letter)
    confirm([signature.pk], NOON)
    question, sought = {
        "postgresql": ("SELECT 1 FROM ledger_entry WHERE id = 1 FOR KEY SHARE", "ledger_entry_pkey"),
        "sqlite": ("SELECT 1 FROM ledger_entry WHERE id = 1", "PRIMARY KEY"),
    }[connection.vendor]
    assert sought in plan_of(question)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", [confirm, withdraw])
def test_those_who_end_several_sign_ons_at_once_wait_in_one_order(
    letter: Letter, end: Callable[[Sequence[UUID], datetime], object]
) -> None:
    """That of the keys, wherever the rows lie; or two processes would each wait for what the other one has."""
    first, last = sorted(sign_on(person, letter).pk for person in (SOMI, AMAL))
    # It has an index, so that PostgreSQL writes the row anew, behind the other.
    Signature.objects.filter(pk=first).update(mailbox_digest=b"anew")
    with another_process() as begin, transaction.atomic():
        Signature.objects.select_for_update().get(pk=first)
        ended = begin(lambda: end([first, last], NOON))
        assert Signature.objects.select_for_update(nowait=True).get(pk=last).state == State.PENDING
    ended.result(PATIENCE)
    assert not Signature.objects.filter(state=State.PENDING).exists()
