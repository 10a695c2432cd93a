import pytest

from tests.people import MARA, OYUN, PEDRO, SECRETARY, SOMI, Person
from tests.stage import DAY, NOON, ask, notes, sign_and_confirm
from tests.trouble import at_once, cut_at_each_step, everything
from undersigned.ledger.events import Event
from undersigned.ledger.models import Entry
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.stages import set_sign_ons
from undersigned.lib.keys import KeyRing
from undersigned.lib.refusal import Refusal, Refused
from undersigned.signing.answer import answer, decline
from undersigned.signing.confirm import Confirmed, NothingToConfirm, Outcome
from undersigned.signing.consent import statement
from undersigned.signing.decide import accept, merge
from undersigned.signing.invite import invite
from undersigned.signing.models import Mailbox, Organisation, Signatory, Signature, State
from undersigned.signing.sign_on import ConsentMissing, NotTaken, TextChanged, parse_answer
from undersigned.signing.terms import terms_of

RACE = pytest.mark.django_db(transaction=True)


def sign(person: Person, letter: Letter, signature: Signature, **typed: str) -> Confirmed | Refusal:
    terms = terms_of(letter, invited=True)
    card = parse_answer(person.form(terms.digest, **typed), person.kind, terms)
    return answer(signature.pk, card, terms.digest, "ko", NOON)


def test_who_is_asked_signs_with_their_own_words_and_awaits_the_desk(letter: Letter, keys: KeyRing) -> None:
    asked = ask(MARA, letter, name="M. Erdacht")
    invite(asked, SECRETARY, NOON)
    assert sign(MARA, letter, asked) == Confirmed(asked.pk, Outcome.AWAITS_DESK)
    row = Signature.objects.get()
    assert (row.state, row.confirmed_at, row.language, row.version) == (State.CONFIRMED, NOON, "ko", letter.frozen)
    assert bytes(row.consent_digest or b"") == statement(letter, "person", "ko").digest()
    assert Signatory.objects.get().name == MARA.name
    assert notes(keys, "asked") == []
    accept(row, SECRETARY, NOON + DAY)
    assert Entry.objects.filter(event=Event.SIGNED).count() == 1


def test_a_supporter_who_is_asked_stands_at_once(letter: Letter) -> None:
    assert sign(SOMI, letter, asked := ask(SOMI, letter)) == Confirmed(asked.pk, Outcome.LISTED)
    assert Entry.objects.filter(event=Event.SIGNED).count() == 1


def test_an_organisation_keeps_its_place_in_the_register(letter: Letter) -> None:
    asked = ask(OYUN, letter)
    sign(OYUN, letter, asked, name="The Steppe Shelter", name_ko="", website="")
    accept(Signature.objects.get(), SECRETARY, NOON, "by telephone")
    assert Organisation.objects.get() == asked.organisation
    assert {name.name for name in Organisation.objects.get().names.all()} >= {OYUN.name, "The Steppe Shelter"}


def test_nothing_is_signed_without_consent_or_for_another_text(letter: Letter) -> None:
    asked, terms = ask(MARA, letter), terms_of(letter, invited=True)
    before = everything()
    forms = ((MARA.form(terms.digest, consent=""), ConsentMissing), (MARA.form("0" * 64), TextChanged))
    for form, refusal in forms:
        with pytest.raises(Refused) as refused:
            parse_answer(form, MARA.kind, terms)
        assert [type(one) for one in refused.value.refusals] == [refusal]
    card = parse_answer(MARA.form(terms.digest), MARA.kind, terms)
    assert isinstance(answer(asked.pk, card, "0" * 64, "en", NOON), TextChanged)
    set_sign_ons(letter, SignOns.CLOSED, SECRETARY, NOON)
    closed = everything()
    assert isinstance(answer(asked.pk, card, terms.digest, "en", NOON), NotTaken)
    with pytest.raises(Refused):
        parse_answer(MARA.form(terms.digest), MARA.kind, terms_of(letter, invited=True))
    assert everything() == closed
    assert before["signing.Signature"] == closed["signing.Signature"]


def test_an_answer_is_given_once(letter: Letter) -> None:
    asked = ask(MARA, letter)
    sign(MARA, letter, asked)
    after = everything()
    assert isinstance(sign(MARA, letter, asked), NothingToConfirm)
    assert not decline(asked.pk, NOON)
    assert everything() == after


def test_who_signed_by_themselves_stands_and_the_asking_ends(letter: Letter) -> None:
    asked = ask(SOMI, letter)
    own = sign_and_confirm(SOMI, letter)
    assert sign(SOMI, letter, asked) == Confirmed(own.pk, Outcome.STOOD_BEFORE)
    assert Signature.objects.get() == own


def test_who_is_listed_by_another_sign_on_is_not_asked_any_more(letter: Letter, keys: KeyRing) -> None:
    Letter.objects.update(person_way="public")
    letter.refresh_from_db()
    for person in (OYUN, MARA, PEDRO):
        invite(ask(person, letter), SECRETARY, NOON)
        own = sign_and_confirm(person, letter)
        if person is PEDRO:
            merge(own, Organisation.objects.get(domains__domain="casadelpaso.example"), SECRETARY, NOON, "by telephone")
        else:
            accept(own, SECRETARY, NOON, "by telephone")
    assert {row.state for row in Signature.objects.all()} == {State.LISTED}
    assert notes(keys, "asked") == []


def test_who_declines_leaves_nothing_but_a_line_in_the_trail(letter: Letter, keys: KeyRing) -> None:
    asked = ask(MARA, letter)
    invite(asked, SECRETARY, NOON)
    assert decline(asked.pk, NOON)
    assert not Signature.objects.exists()
    assert not Signatory.objects.exists()
    assert not Mailbox.objects.exists()
    assert notes(keys) == []
    record = letter.audit.get(act="invitation declined")
    assert (record.actor, record.facts) == ("signatory", {})


def test_an_answer_that_breaks_at_any_step_was_never_given(letter: Letter) -> None:
    asked = ask(SOMI, letter)
    before = everything()
    for step in cut_at_each_step(lambda: sign(SOMI, letter, asked)):
        assert everything() == before, step
    assert Signature.objects.get().state == State.LISTED


@RACE
def test_two_answers_at_once_count_once(letter: Letter) -> None:
    asked = ask(SOMI, letter)
    answers = at_once(*[lambda: sign(SOMI, letter, asked)] * 2)
    assert sorted(type(one).__name__ for one in answers) == ["Confirmed", "NothingToConfirm"]
    assert Entry.objects.filter(event=Event.SIGNED).count() == 1


@RACE
def test_a_person_who_answers_and_confirms_another_sign_on_at_once_stands_once(letter: Letter) -> None:
    asked = ask(SOMI, letter)
    answers = at_once(lambda: sign(SOMI, letter, asked), lambda: sign_and_confirm(SOMI, letter))
    assert all(isinstance(one, Confirmed | Signature | Signature.DoesNotExist) for one in answers), answers
    assert Signature.objects.filter(state=State.LISTED).count() == 1
