from uuid import uuid4

from tests.people import AMAL, OYUN, SECRETARY, SOMI
from tests.stage import DAY, NOON, invitation_to, notes, number_entries, sign_and_confirm, sign_on
from undersigned.ledger.events import Event
from undersigned.ledger.models import Entry, Log, Opening
from undersigned.ledger.tally import counts, recount
from undersigned.letters.models import Letter
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.keys import KeyRing
from undersigned.post.outbox import silenced_among
from undersigned.signing.confirm import confirm
from undersigned.signing.correct import accept_correction, correct
from undersigned.signing.decide import accept
from undersigned.signing.models import Mailbox, SealedName, Signatory, Signature, State
from undersigned.signing.sign_on import Card
from undersigned.signing.withdraw import never_mail_again, not_me, withdraw


def stored() -> int:
    return sum(table.objects.count() for table in (Signatory, SealedName, Mailbox))


def test_a_withdrawal_erases_what_was_stored_and_is_logged(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    number_entries(letter)
    assert withdraw([signature.pk], NOON + DAY) == 1
    signature.refresh_from_db()
    assert signature.state == State.WITHDRAWN
    assert signature.ended_at == NOON + DAY
    assert (signature.mailbox_digest, signature.person_digest, signature.country) == (None, None, "")
    assert stored() == 0
    signed, withdrawn = Entry.objects.get(event=Event.SIGNED), Entry.objects.get(event=Event.WITHDRAWN)
    assert withdrawn.undoes == signed
    number_entries(letter)
    assert counts(Log.objects.get()) == recount(Log.objects.get())
    assert counts(Log.objects.get()).total == 0


def test_what_opened_the_entry_is_destroyed(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    number_entries(letter)
    entry = signature.entry
    withdraw([signature.pk], NOON)
    assert not Opening.objects.filter(entry=entry).exists()


def test_what_was_not_numbered_yet_vanishes_from_the_log(embargoed: Letter) -> None:
    signature = _listed(embargoed)
    withdraw([signature.pk], NOON)
    assert not Entry.objects.filter(event__in=(Event.SIGNED, Event.WITHDRAWN)).exists()


def test_an_amended_signature_can_be_withdrawn_before_it_was_numbered(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    correct(signature, Card("Na Somi"), NOON)
    accept_correction(signature, SECRETARY, NOON)
    assert withdraw([signature.pk], NOON) == 1
    assert not Entry.objects.filter(event__in=(Event.SIGNED, Event.AMENDED)).exists()


def test_withdrawing_an_amended_signature_closes_its_amendments_too(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    correct(signature, Card("Na Somi"), NOON)
    accept_correction(signature, SECRETARY, NOON)
    number_entries(letter)
    withdraw([signature.pk], NOON)
    assert not Opening.objects.filter(entry__event__in=(Event.SIGNED, Event.AMENDED)).exists()


def test_the_pages_follow_a_withdrawal(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    before = Letter.objects.get(pk=letter.pk).revision
    withdraw([signature.pk], NOON)
    assert Letter.objects.get(pk=letter.pk).revision > before


def test_withdrawing_twice_ends_one_signature(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    number_entries(letter)
    assert [withdraw([signature.pk], NOON), withdraw([signature.pk, uuid4()], NOON)] == [1, 0]
    assert Entry.objects.filter(event=Event.WITHDRAWN).count() == 1


def test_a_hidden_signature_is_withdrawn_without_a_trace_of_its_name(letter: Letter) -> None:
    signature = sign_and_confirm(AMAL, letter)
    number_entries(letter)
    withdraw([signature.pk], NOON)
    assert stored() == 0
    number_entries(letter)
    assert counts(Log.objects.get()).hidden == 0


def test_who_withdrew_can_sign_again(letter: Letter) -> None:
    withdraw([sign_and_confirm(SOMI, letter).pk], NOON)
    assert sign_and_confirm(SOMI, letter).state == State.LISTED


def test_a_pending_sign_on_that_is_withdrawn_was_never_there(letter: Letter, keys: KeyRing) -> None:
    signature = sign_on(SOMI, letter)
    assert withdraw([signature.pk], NOON) == 1
    assert not Signature.objects.exists()
    assert notes(keys) == []


def test_this_was_not_me_deletes_a_pending_sign_on_and_no_other(letter: Letter) -> None:
    pending, standing = sign_on(AMAL, letter), sign_and_confirm(SOMI, letter)
    assert not_me(pending.pk, NOON)
    assert not not_me(standing.pk, NOON)
    assert not not_me(uuid4(), NOON)
    assert Signature.objects.get().pk == standing.pk


def test_never_again_holds_for_all_letters_and_spellings(letter: Letter) -> None:
    signature = sign_on(SOMI, letter)
    assert never_mail_again(signature.pk, NOON)
    assert never_mail_again(signature.pk, NOON)
    somi, oyun = EmailAddress("SOMI@mail.example"), EmailAddress(OYUN.email)
    assert silenced_among([somi, oyun]) == {somi}


def test_a_mailbox_sealed_to_the_coalition_cannot_be_silenced_by_the_server(letter: Letter) -> None:
    assert not never_mail_again(sign_and_confirm(AMAL, letter).pk, NOON)


def _listed(letter: Letter) -> Signature:
    """An organisation that is listed under a letter whose log is not opened yet."""
    signature = sign_on(OYUN, letter, invited_by=invitation_to(letter).pk)
    confirm([signature.pk], NOON)
    accept(signature, SECRETARY, NOON)
    signature.refresh_from_db()
    return signature
