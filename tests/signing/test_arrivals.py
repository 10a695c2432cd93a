import json
import logging
from datetime import timedelta
from uuid import UUID, uuid4

import pyrage
import pytest
from pytest_django import DjangoAssertNumQueries

from tests.people import AMAL, CAST, OYUN, RUTH, SOMI, Person
from tests.stage import DAY, MINUTE, NOON, notes, sign_on
from tests.trouble import at_once, cut_at_each_step, everything
from undersigned.letters.models import Letter
from undersigned.lib.keys import KeyRing
from undersigned.lib.sealing import Sealer
from undersigned.post.models import Note
from undersigned.signing.arrivals import HELD, PURPOSE, RUSH, NewArrival, arrive, pack, rest, rush, take_in
from undersigned.signing.confirm import confirm
from undersigned.signing.consent import statement
from undersigned.signing.models import Arrival, ConfirmationCode, Mailbox, Signatory, Signature, State
from undersigned.signing.retention import forget
from undersigned.signing.sign_on import parse
from undersigned.signing.terms import terms_of


def new_arrival(
    person: Person, letter: Letter, keys: KeyRing, signature: UUID | None = None, **flags: bool
) -> NewArrival:
    """What the door makes of `person`'s form."""
    terms = terms_of(letter, invited=True)
    value = parse(person.form(terms.digest), person.kind, "en", terms)
    consent = statement(letter, person.kind, "en").digest()
    return NewArrival(
        letter.pk, pack(value, signature or uuid4(), consent, Sealer(keys.letter_key(letter.pk))), **flags
    )


@pytest.mark.parametrize("person", CAST)
def test_what_arrived_is_stored_as_if_it_had_been_signed_directly(
    letter: Letter, keys: KeyRing, person: Person
) -> None:
    signature = uuid4()
    arrive([new_arrival(person, letter, keys, signature)], NOON)
    assert take_in(NOON + MINUTE) == 1
    [arrived] = Signature.objects.all()
    assert arrived.pk == signature
    assert (arrived.state, arrived.created_at) == (State.PENDING, NOON)
    if person != RUTH:  # she would need an invitation
        direct = sign_on(person, letter, NOON)
        assert facts(arrived) == facts(direct)
        assert card(arrived) == card(direct)
    assert Mailbox.objects.filter(pk=signature).exists()
    assert ConfirmationCode.objects.filter(pk=signature).exists()
    assert not Arrival.objects.exists()
    note = notes(keys)[0]
    assert (note["mailbox"], note["template"], note["language"]) == (person.email, "confirm", "en")


def facts(signature: Signature) -> dict[str, object]:
    """All that is known of a signature but its id, in bytes that can be compared."""
    row = {field.attname: getattr(signature, field.attname) for field in Signature._meta.concrete_fields}
    row.pop("id")
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def card(signature: Signature) -> list[dict[str, object]]:
    return [
        {name: value for name, value in row.items() if name != "signature_id"}
        for row in Signatory.objects.filter(pk=signature.pk).values()
    ]


def test_a_hidden_name_is_sealed_to_the_coalition_when_it_arrives(
    letter: Letter, keys: KeyRing, coalition: pyrage.x25519.Identity
) -> None:
    signature = uuid4()
    arrive([new_arrival(AMAL, letter, keys, signature)], NOON)
    take_in(NOON)
    stored = Signature.objects.get(pk=signature)
    assert pyrage.decrypt(bytes(stored.sealed_name.sealed), [coalition]).decode() == AMAL.name
    assert not Signatory.objects.exists()


def test_nothing_that_arrived_can_be_read_in_the_record(letter: Letter, keys: KeyRing) -> None:
    arrive([new_arrival(person, letter, keys) for person in (SOMI, AMAL, OYUN)], NOON)
    sealed = b"".join(bytes(arrival.sealed) for arrival in Arrival.objects.all())
    for person in (SOMI, AMAL, OYUN):
        assert person.email.encode() not in sealed
        assert person.name.encode() not in sealed


def test_what_arrived_is_taken_in_in_its_order_and_so_much_at_once(letter: Letter, keys: KeyRing) -> None:
    ids = [uuid4() for _ in range(5)]
    arrive([new_arrival(SOMI, letter, keys, signature) for signature in ids], NOON)
    assert [take_in(NOON, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert list(Note.objects.order_by("pk").values_list("reference", flat=True)) == ids


def test_what_was_acknowledged_is_taken_in_though_the_letter_takes_no_more(letter: Letter, keys: KeyRing) -> None:
    arrive([new_arrival(SOMI, letter, keys)], NOON)
    Letter.objects.filter(pk=letter.pk).update(sign_ons="closed", controller="Somebody Else (invented)")
    assert take_in(NOON) == 1
    assert Signature.objects.get().state == State.PENDING


def test_who_arrived_can_confirm_once_taken_in(letter: Letter, keys: KeyRing) -> None:
    signature = uuid4()
    arrive([new_arrival(SOMI, letter, keys, signature)], NOON)
    take_in(NOON)
    confirm([signature], NOON + MINUTE)
    assert Signature.objects.get(pk=signature).state == State.LISTED


def test_a_fault_at_any_step_of_taking_in_leaves_everything_as_it_was(letter: Letter, keys: KeyRing) -> None:
    arrive([new_arrival(SOMI, letter, keys), new_arrival(AMAL, letter, keys)], NOON)
    before = everything()
    steps = 0
    for _ in cut_at_each_step(lambda: take_in(NOON)):
        steps += 1
        assert everything() == before
    assert steps > 4
    assert Signature.objects.count() == 2


def test_a_rush_is_as_great_as_there_are_who_arrived_within_a_second(letter: Letter, keys: KeyRing) -> None:
    assert rush(NOON) == 0
    arrive([new_arrival(SOMI, letter, keys)], NOON)
    arrive([new_arrival(SOMI, letter, keys)] * 2, NOON + RUSH / 2)
    assert rush(NOON + RUSH / 2) == 3
    assert rush(NOON + RUSH) == 2
    assert rush(NOON + RUSH * 2) == 0


def test_the_more_are_signing_the_longer_others_pause(
    letter: Letter, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("undersigned.signing.arrivals.RUSH_LIMIT", 4)
    pauses = [rest(RUSH, NOON, 8, idle=0)]
    for _ in range(3):
        arrive([new_arrival(SOMI, letter, keys)] * 2, NOON)
        pauses.append(rest(RUSH, NOON, 8, idle=0))
    assert pauses == [RUSH * 0, RUSH * 4, RUSH * 8, RUSH * 8]


def test_nobody_pauses_for_those_who_leave_a_core_idle(
    letter: Letter, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("undersigned.signing.arrivals.RUSH_LIMIT", 4)
    arrive([new_arrival(SOMI, letter, keys)] * 4, NOON)
    pauses = [rest(RUSH, NOON, 8, idle=cores) for cores in (0, 0.5, 0.75, 1, 6)]
    assert pauses == [RUSH * 8, RUSH * 8, RUSH * 4, RUSH * 0, RUSH * 0]


def test_a_fault_while_arriving_leaves_nothing(letter: Letter, keys: KeyRing) -> None:
    batch = [new_arrival(SOMI, letter, keys)] * 2
    for _ in cut_at_each_step(lambda: arrive(batch, NOON)):
        assert not Arrival.objects.exists()
    assert Arrival.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_each_arrival_in_once(letter: Letter, keys: KeyRing) -> None:
    arrive([new_arrival(SOMI, letter, keys) for _ in range(40)], NOON)

    def work() -> int:
        return sum(take_in(NOON, limit=10) for _ in range(12))

    assert sum(at_once(work, work)) == 40
    assert Signature.objects.count() == 40
    assert Note.objects.count() == 40


def test_what_cannot_be_opened_is_held_and_holds_up_nobody(
    letter: Letter, keys: KeyRing, caplog: pytest.LogCaptureFixture
) -> None:
    broken = NewArrival(letter.pk, b"not sealed by us")
    arrive([broken, new_arrival(SOMI, letter, keys)], NOON)
    with caplog.at_level(logging.ERROR):
        take_in(NOON)
    assert Signature.objects.count() == 1
    assert "1 arrivals cannot be taken in" in caplog.text
    assert take_in(NOON + MINUTE) == 0
    assert Arrival.objects.get().held_until == NOON + HELD


@pytest.mark.parametrize("shape", ["", "null", "{}", "[]", "a later program's", "longer", "kind", "card", "invitation"])
def test_what_another_program_sealed_is_held_and_holds_up_nobody(
    letter: Letter, keys: KeyRing, caplog: pytest.LogCaptureFixture, shape: str
) -> None:
    """After a return to an older program, for instance, or where one has half of a change."""
    sealer = Sealer(keys.letter_key(letter.pk))
    ours = json.loads(sealer.unseal(new_arrival(SOMI, letter, keys).sealed, PURPOSE))
    others = {
        "longer": [*ours, SOMI.name],
        "kind": [*ours[:3], "neighbour", *ours[4:]],
        "card": [*ours[:6], {"nickname": SOMI.name}, *ours[7:]],
        "invitation": [*ours[:8], SOMI.name],
    }
    other = json.dumps(others[shape]) if shape in others else shape
    arrive([NewArrival(letter.pk, sealer.seal(other, PURPOSE)), new_arrival(SOMI, letter, keys)], NOON)
    take_in(NOON)
    assert Signature.objects.count() == 1
    assert Arrival.objects.get().held_until == NOON + HELD
    assert "1 arrivals cannot be taken in" in caplog.text
    assert SOMI.name not in caplog.text


def test_what_was_held_is_taken_in_when_the_key_is_back(letter: Letter, keys: KeyRing) -> None:
    arrive([new_arrival(SOMI, letter, keys)], NOON)
    place = keys.folder / "letters" / f"{letter.pk.hex}.key"
    away = place.rename(place.with_suffix(".away"))
    take_in(NOON)
    away.rename(place)
    assert take_in(NOON + HELD - timedelta(seconds=1)) == 0
    assert not Signature.objects.exists()
    assert take_in(NOON + HELD) == 1
    assert Signature.objects.count() == 1


def test_one_that_the_record_refuses_is_held_and_the_others_are_taken_in(letter: Letter, keys: KeyRing) -> None:
    signature = uuid4()
    arrive([new_arrival(SOMI, letter, keys, signature)] * 2 + [new_arrival(AMAL, letter, keys)], NOON)
    take_in(NOON)
    assert Signature.objects.count() == 2
    assert Arrival.objects.get().held_until == NOON + HELD


def test_with_the_time_of_keeping_what_arrived_goes_too(letter: Letter, keys: KeyRing) -> None:
    arrive([new_arrival(SOMI, letter, keys)], NOON)
    Letter.objects.filter(pk=letter.pk).update(keep_until=NOON.date())
    forget(NOON)
    assert Arrival.objects.count() == 1
    forget(NOON + DAY)
    assert not Arrival.objects.exists()
    assert not (keys.folder / "letters" / f"{letter.pk.hex}.key").exists()


def test_arriving_costs_one_statement_however_many_arrive(
    letter: Letter, keys: KeyRing, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    batch = [new_arrival(SOMI, letter, keys) for _ in range(3)]
    with django_assert_num_queries(1):
        arrive(batch, NOON)
