import pytest

from tests.people import OYUN, PEDRO, RUTH, SECRETARY, SOMI
from tests.stage import DAY, NOON, invitation_to, notes, number_entries, sign_and_confirm, sign_on
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.models import Entry, Log
from undersigned.ledger.tally import counts, recount
from undersigned.letters.models import AuditRecord, Letter
from undersigned.letters.stages import LetterIsArchived, archive
from undersigned.lib.keys import KeyRing
from undersigned.signing.confirm import confirm
from undersigned.signing.decide import (
    DecidedMeanwhile,
    EvidenceMissing,
    ListedAlready,
    ReasonMissing,
    RequestMissing,
    accept,
    comes_from_own_domain,
    merge,
    refuse,
    withdraw_on_request,
)
from undersigned.signing.models import Attestation, Mailbox, Organisation, Signatory, Signature, State
from undersigned.signing.register import Identity, enter


@pytest.fixture
def shelter(letter: Letter) -> Signature:
    """Confirmed from its own domain."""
    return sign_and_confirm(OYUN, letter)


@pytest.fixture
def house(letter: Letter) -> Signature:
    """Confirmed from a mailbox that anybody could have."""
    return sign_and_confirm(PEDRO, letter)


# --- Accepting --------------------------------------------------------------------------------------------------------


def test_an_accepted_organisation_is_listed_counted_registered_and_told(shelter: Signature, keys: KeyRing) -> None:
    accept(shelter, SECRETARY, NOON + DAY)
    shelter.refresh_from_db()
    assert shelter.state == State.LISTED
    assert shelter.listed_at == NOON + DAY
    assert shelter.organisation is not None
    assert {name.name for name in shelter.organisation.names.all()} == {OYUN.name, "초원쉼터재단"}
    assert [domain.domain for domain in shelter.organisation.domains.all()] == ["steppe-shelter.example"]
    assert Entry.objects.get(event=Event.SIGNED).kind == Tallied.ORGANISATION
    [note] = notes(keys, "listed")
    assert note["mailbox"] == OYUN.email


def test_an_archived_letter_lists_nobody_any_more_but_a_sign_on_can_be_ended(
    shelter: Signature, house: Signature, letter: Letter
) -> None:
    archive(letter, SECRETARY, NOON)
    known = enter(Identity({"": "Casa"}), NOON)
    with pytest.raises(LetterIsArchived):
        accept(shelter, SECRETARY, NOON, "by telephone")
    with pytest.raises(LetterIsArchived):
        merge(house, known, SECRETARY, NOON, "by telephone")
    refuse(shelter, "It came too late.", SECRETARY, NOON)
    withdraw_on_request(house, "by telephone", SECRETARY, NOON)
    assert not Entry.objects.filter(event=Event.SIGNED).exists()


def test_a_mailbox_of_no_own_domain_needs_evidence_that_stays_on_record(house: Signature) -> None:
    for evidence in ("", "   "):
        with pytest.raises(EvidenceMissing):
            accept(house, SECRETARY, NOON, evidence)
    assert not Organisation.objects.exists()
    accept(house, SECRETARY, NOON, " Called the number on their website. ")
    attestation = Attestation.objects.get()
    assert (attestation.actor, attestation.evidence) == (SECRETARY.name, "Called the number on their website.")


def test_a_claimed_domain_does_not_take_over_a_known_name(letter: Letter, keys: KeyRing) -> None:
    known = enter(Identity({"": OYUN.name}, "https://steppe-shelter.example"), NOON)
    pretender = sign_and_confirm(OYUN, letter, email="boss@evil.example", website="https://evil.example")
    assert not comes_from_own_domain(pretender)
    with pytest.raises(EvidenceMissing):
        accept(pretender, SECRETARY, NOON)
    assert [domain.domain for domain in known.domains.all()] == ["steppe-shelter.example"]


def test_a_name_that_was_imported_without_a_domain_needs_evidence_once(letter: Letter) -> None:
    enter(Identity({"": OYUN.name}), NOON)
    first = sign_and_confirm(OYUN, letter)
    assert not comes_from_own_domain(first)
    accept(first, SECRETARY, NOON, "They sent a stamped declaration.")
    again = sign_and_confirm(OYUN, letter, email="other@steppe-shelter.example")
    assert comes_from_own_domain(again)


def test_a_mailbox_of_a_provider_that_also_hosts_the_website_proves_nothing(letter: Letter) -> None:
    signature = sign_and_confirm(PEDRO, letter, email="casa@naver.com", website="https://blog.naver.com/casadelpaso")
    assert not comes_from_own_domain(signature)


def test_one_organisation_is_listed_once(letter: Letter, shelter: Signature) -> None:
    accept(shelter, SECRETARY, NOON)
    again = sign_and_confirm(OYUN, letter, email="other@steppe-shelter.example")
    with pytest.raises(ListedAlready):
        accept(again, SECRETARY, NOON)
    assert Organisation.objects.count() == 1
    assert Entry.objects.filter(event=Event.SIGNED).count() == 1


def test_a_person_of_note_is_accepted_without_a_domain(letter: Letter) -> None:
    person = sign_on(RUTH, letter, invited_by=invitation_to(letter).pk)
    confirm([person.pk], NOON)
    accept(person, SECRETARY, NOON)
    assert Entry.objects.get(event=Event.SIGNED).kind == Tallied.PERSON
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("state", [State.PENDING, State.LISTED, State.REFUSED, State.WITHDRAWN, State.LAPSED])
def test_only_what_is_confirmed_and_undecided_can_be_decided(shelter: Signature, state: State) -> None:
    Signature.objects.filter(pk=shelter.pk).update(state=state)
    with pytest.raises(DecidedMeanwhile):
        accept(shelter, SECRETARY, NOON)
    with pytest.raises(DecidedMeanwhile):
        refuse(shelter, "Too late.", SECRETARY, NOON)


def test_the_trail_holds_who_decided_and_no_name(shelter: Signature) -> None:
    accept(shelter, SECRETARY, NOON)
    record = AuditRecord.objects.get(act="sign-on accepted")
    assert record.actor == SECRETARY.name
    assert OYUN.name not in str(record.facts)


# --- Refusing ---------------------------------------------------------------------------------------------------------


def test_a_refusal_mails_its_reason_and_erases(shelter: Signature, keys: KeyRing) -> None:
    refuse(shelter, " We could not reach you. ", SECRETARY, NOON)
    shelter.refresh_from_db()
    assert shelter.state == State.REFUSED
    assert not Signatory.objects.exists()
    assert not Mailbox.objects.exists()
    [note] = notes(keys)
    assert note["facts"] == {"reason": "We could not reach you."}
    assert not Entry.objects.filter(event=Event.SIGNED).exists()


def test_a_refusal_needs_its_reason(shelter: Signature) -> None:
    with pytest.raises(ReasonMissing):
        refuse(shelter, "  ", SECRETARY, NOON)
    assert Signatory.objects.exists()


def test_who_was_refused_can_sign_again(letter: Letter, shelter: Signature) -> None:
    refuse(shelter, "The website was down.", SECRETARY, NOON)
    accept(sign_and_confirm(OYUN, letter), SECRETARY, NOON)
    assert Signature.objects.filter(state=State.LISTED).count() == 1


# --- Merging ----------------------------------------------------------------------------------------------------------


def test_merging_an_unlisted_sign_on_lists_it_as_that_organisation(letter: Letter, house: Signature) -> None:
    passage = enter(Identity({"": "House of Passage"}), NOON)
    merge(house, passage, SECRETARY, NOON, "The same office, by its own website.")
    house.refresh_from_db()
    assert (house.state, house.organisation) == (State.LISTED, passage)
    assert {name.name for name in passage.names.all()} == {"House of Passage", PEDRO.name}


def test_merging_into_an_organisation_needs_its_authority_too(
    letter: Letter, house: Signature, shelter: Signature
) -> None:
    passage = enter(Identity({"": "House of Passage"}), NOON)
    for signature in (house, shelter):
        with pytest.raises(EvidenceMissing):
            merge(signature, passage, SECRETARY, NOON)
    assert passage.names.count() == 1
    assert not passage.domains.exists()


def test_merging_a_repeat_ends_it_and_teaches_no_domain(letter: Letter, shelter: Signature, keys: KeyRing) -> None:
    accept(shelter, SECRETARY, NOON)
    shelter.refresh_from_db()
    assert shelter.organisation is not None
    repeat = sign_and_confirm(PEDRO, letter)
    merge(repeat, shelter.organisation, SECRETARY, NOON)
    repeat.refresh_from_db()
    assert repeat.state == State.WITHDRAWN
    assert [domain.domain for domain in shelter.organisation.domains.all()] == ["steppe-shelter.example"]
    assert len(notes(keys, "merged")) == 1
    assert Entry.objects.filter(event=Event.SIGNED).count() == 1


def test_merging_two_listed_ones_undoes_one_count_in_the_log(
    letter: Letter, shelter: Signature, house: Signature
) -> None:
    accept(shelter, SECRETARY, NOON)
    accept(house, SECRETARY, NOON, "By telephone.")
    number_entries(letter)
    shelter.refresh_from_db()
    assert shelter.organisation is not None
    merge(house, shelter.organisation, SECRETARY, NOON)
    number_entries(letter)
    assert Entry.objects.get(event=Event.MERGED).undoes == Entry.objects.filter(event=Event.SIGNED).order_by("pk")[1]
    assert counts(Log.objects.get()) == recount(Log.objects.get())
    assert counts(Log.objects.get()).organisations == 1


def test_supporters_are_not_merged(letter: Letter) -> None:
    supporter = sign_and_confirm(SOMI, letter)
    with pytest.raises(DecidedMeanwhile):
        merge(supporter, enter(Identity({"": "House of Passage"}), NOON), SECRETARY, NOON)


# --- Withdrawing for somebody -----------------------------------------------------------------------------------------


def test_the_desk_withdraws_on_request_and_says_how_it_was_asked(letter: Letter) -> None:
    supporter = sign_and_confirm(SOMI, letter)
    with pytest.raises(RequestMissing):
        withdraw_on_request(supporter, " ", SECRETARY, NOON)
    withdraw_on_request(supporter, "by letter of 3 May", SECRETARY, NOON)
    assert AuditRecord.objects.get(act="withdrawn on request").facts["request"] == "by letter of 3 May"
    with pytest.raises(DecidedMeanwhile):
        withdraw_on_request(supporter, "by letter of 3 May", SECRETARY, NOON)
