import pytest

from tests.people import AMAL, OYUN, SECRETARY, SOMI
from tests.stage import NOON, number_entries, sign_and_confirm, sign_on
from undersigned.ledger.entries import commitment
from undersigned.ledger.events import Event
from undersigned.ledger.models import Entry, Log
from undersigned.ledger.tally import counts, recount
from undersigned.letters.models import Letter
from undersigned.signing.correct import NothingToCorrect, accept_correction, correct, refuse_correction
from undersigned.signing.decide import DecidedMeanwhile, accept
from undersigned.signing.models import Correction, Signatory, Signature, State
from undersigned.signing.record import record_of
from undersigned.signing.sign_on import Card
from undersigned.signing.withdraw import withdraw

NEW = Card("Na Somi", country="JP")


def test_a_pending_or_undecided_sign_on_is_corrected_at_once(letter: Letter) -> None:
    assert correct(sign_on(SOMI, letter), NEW, NOON)
    assert correct(sign_and_confirm(OYUN, letter), Card("Steppe Shelter", country="MN"), NOON)
    assert {row.name for row in Signatory.objects.all()} == {"Na Somi", "Steppe Shelter"}
    assert not Correction.objects.exists()


def test_a_listed_name_stays_until_the_desk_accepts_its_correction(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    assert not correct(signature, NEW, NOON)
    assert Signatory.objects.get().name == SOMI.name
    accept_correction(signature, SECRETARY, NOON)
    signature.refresh_from_db()
    assert (Signatory.objects.get().name, signature.country) == ("Na Somi", "JP")
    assert not Correction.objects.exists()


def test_an_amendment_is_logged_counts_nothing_and_asks_nobody_to_sign_again(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    correct(signature, NEW, NOON)
    accept_correction(signature, SECRETARY, NOON)
    number_entries(letter)
    amended = Entry.objects.get(event=Event.AMENDED)
    assert amended.undoes == signature.entry
    signature.refresh_from_db()
    assert signature.state == State.LISTED
    record = record_of(signature, Signatory.objects.get())
    assert bytes(amended.commitment) == commitment(bytes(amended.opening.salt), record)
    assert counts(Log.objects.get()) == recount(Log.objects.get())
    assert counts(Log.objects.get()).supporters == 1


def test_the_pages_follow_an_accepted_correction(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    correct(signature, NEW, NOON)
    before = Letter.objects.get(pk=letter.pk).revision
    accept_correction(signature, SECRETARY, NOON)
    assert Letter.objects.get(pk=letter.pk).revision > before


def test_a_refused_correction_leaves_the_name(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    correct(signature, NEW, NOON)
    refuse_correction(signature, SECRETARY, NOON)
    assert Signatory.objects.get().name == SOMI.name
    with pytest.raises(DecidedMeanwhile):
        accept_correction(signature, SECRETARY, NOON)


def test_a_second_correction_replaces_the_first(letter: Letter) -> None:
    signature = sign_and_confirm(OYUN, letter)
    accept(signature, SECRETARY, NOON)
    correct(signature, Card("First"), NOON)
    correct(signature, Card("Second"), NOON)
    accept_correction(signature, SECRETARY, NOON)
    assert Signatory.objects.get().name == "Second"


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_sealed_name_cannot_be_corrected_since_that_would_store_it_in_the_clear(
    letter: Letter, confirmed: bool
) -> None:
    signature = sign_and_confirm(AMAL, letter) if confirmed else sign_on(AMAL, letter)
    with pytest.raises(NothingToCorrect):
        correct(signature, Card(AMAL.name, country="EG"), NOON)
    assert not Correction.objects.exists()
    assert Signature.objects.get().country == ""


def test_what_was_withdrawn_cannot_be_corrected(letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    withdraw([signature.pk], NOON)
    with pytest.raises(NothingToCorrect):
        correct(signature, NEW, NOON)
