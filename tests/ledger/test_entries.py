import hashlib
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from tests.ledger.logs import TEXT, amended, make_log, numbers, signed
from tests.people import BILGE, OYUN, SECRETARY, SOMI
from tests.stage import HOUR, NOON, number_entries, sign_and_confirm
from tests.trouble import another_process, cut_at_each_step, everything
from undersigned.ledger.entries import NewEntry, append, close, undo
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.models import Entry, Opening
from undersigned.ledger.sequence import sequence
from undersigned.letters import links
from undersigned.letters.models import Letter, PrivateLink
from undersigned.signing.decide import accept
from undersigned.signing.withdraw import withdraw

pytestmark = pytest.mark.django_db
RACE = pytest.mark.django_db(transaction=True)


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_entries_wait_without_an_index_in_the_order_in_which_they_were_given() -> None:
    log = make_log()
    events = [Event.VERSION_FROZEN, Event.RELEASED, Event.SIGNED]
    entries = append([NewEntry(log.pk, event, TEXT) for event in events], NOON)
    assert [entry.event for entry in entries] == events
    assert list(log.entries.order_by("pk")) == entries
    assert numbers(log) == []


def test_a_commitment_opens_with_its_salt_and_the_record() -> None:
    log = make_log()
    for name in (b"Somi", "나소미".encode()):
        [entry] = append([NewEntry(log.pk, Event.SIGNED, TEXT, Tallied.SUPPORTER, name)], NOON)
        opening = Opening.objects.get(entry=entry)
        assert len(opening.salt) == 32
        assert bytes(entry.commitment) == hashlib.sha256(bytes(opening.salt) + name).digest()


def test_entries_of_one_record_do_not_look_alike() -> None:
    entries = signed(make_log(), many=3)
    assert len({bytes(entry.commitment) for entry in entries}) == 3


def test_an_entry_of_a_hidden_signatory_commits_to_a_nonce_and_to_nothing_else() -> None:
    [entry] = signed(make_log(), kind=Tallied.HIDDEN)
    opening = Opening.objects.get(entry=entry)
    assert len(opening.nonce) == 32
    assert bytes(entry.commitment) == hashlib.sha256(bytes(opening.salt) + bytes(opening.nonce)).digest()


def test_an_entry_tells_the_hour_and_no_minute() -> None:
    [entry] = signed(make_log(), at=datetime(2026, 11, 10, 12, 59, 59, 999_999, tzinfo=UTC))
    entry.refresh_from_db()
    assert entry.hour == NOON


def test_an_entry_has_no_place_for_a_name() -> None:
    assert {field.name for field in Entry._meta.concrete_fields} == {
        "id", "log", "index", "event", "kind", "version", "hour", "commitment", "undoes",
    }  # fmt: skip


def test_nothing_of_a_signatory_is_in_the_entries_of_a_letter(letter: Letter) -> None:
    accept(sign_and_confirm(OYUN, letter), SECRETARY, NOON)
    for supporter in (SOMI, BILGE):
        sign_and_confirm(supporter, letter)
    number_entries(letter)
    log = b"".join(map(_as_bytes, Entry.objects.values_list()))
    for person in (OYUN, SOMI, BILGE):
        words = [word for word in (person.name, person.email, *person.typed.values()) if len(word.encode()) > 3]
        assert words
        for word in words:  # shorter ones can be anywhere in a digest; there is no field for a country
            assert word.encode() not in log.replace(b"organisation", b"")


def _as_bytes(row: tuple[object, ...]) -> bytes:
    return b"|".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in row)


def test_an_event_or_a_kind_outside_the_closed_lists_is_not_stored() -> None:
    log = make_log()
    for wrong in ({"event": "liked"}, {"event": "signed", "kind": "celebrity"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.create(log=log, version=TEXT, hour=NOON, commitment=TEXT, **wrong)


def test_two_entries_of_a_log_cannot_have_one_index() -> None:
    signed(log := make_log(), many=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        log.entries.update(index=7)


# --- Taking back ------------------------------------------------------------------------------------------------------


def test_what_was_never_numbered_vanishes_when_it_is_undone() -> None:
    log = make_log()
    gone, stays = signed(log, many=2)
    undo([gone], Event.WITHDRAWN, NOON)
    assert list(log.entries.all()) == [stays]
    assert [opening.pk for opening in Opening.objects.all()] == [stays.pk]


def test_a_numbered_entry_stays_and_another_one_that_names_it_is_written() -> None:
    log = make_log()
    [entry] = signed(log, kind=Tallied.ORGANISATION)
    sequence(log.pk, hidden_batch=1)
    before = Entry.objects.values().get()
    undo([entry], Event.INVALIDATED, NOON + HOUR)
    first, second = log.entries.order_by("pk")
    assert Entry.objects.values().get(pk=first.pk) == before
    assert (second.event, second.kind, second.undoes, second.index) == (Event.INVALIDATED, first.kind, first, None)
    assert bytes(second.version) == TEXT
    assert second.hour == NOON + HOUR


def test_an_entry_that_is_named_twice_is_undone_once() -> None:
    log = make_log()
    [entry] = signed(log)
    sequence(log.pk, hidden_batch=1)
    undo([entry, entry], Event.WITHDRAWN, NOON)
    assert log.entries.count() == 2


def test_nobody_can_try_names_on_a_commitment_once_it_is_undone() -> None:
    log = make_log()
    [entry] = signed(log)
    sequence(log.pk, hidden_batch=1)
    salt = bytes(Opening.objects.get(entry=entry).salt)
    undo([entry], Event.WITHDRAWN, NOON)
    assert bytes(Entry.objects.get(pk=entry.pk).commitment) != hashlib.sha256(b"Somi").digest()
    assert salt not in [value for rows in everything().values() for row in rows for value in row]


def test_a_closed_entry_stays_and_cannot_be_opened_any_more_nor_can_its_amendments() -> None:
    log = make_log()
    closed, other = signed(log, many=2)
    amended(log, closed)
    before = list(Entry.objects.order_by("pk").values())
    close([closed.pk])
    assert list(Entry.objects.order_by("pk").values()) == before
    assert [opening.entry for opening in Opening.objects.all()] == [other]


def test_what_undoes_an_entry_tells_nothing_of_whom_it_was() -> None:
    log = make_log()
    [entry] = signed(log)
    sequence(log.pk, hidden_batch=1)
    undo([entry], Event.WITHDRAWN, NOON)
    opening = Opening.objects.get(entry__undoes=entry)
    assert len(opening.nonce) == 32


@pytest.mark.parametrize("numbered", [True, False])
def test_amendments_go_the_way_of_the_entry_that_they_amend(numbered: bool) -> None:
    log = make_log()
    [entry] = signed(log)
    if numbered:
        sequence(log.pk, hidden_batch=1)
    amended(log, entry)
    undo([entry], Event.WITHDRAWN, NOON)
    left = [Event.SIGNED, Event.WITHDRAWN] if numbered else []
    assert [entry.event for entry in log.entries.order_by("pk")] == left
    assert not Opening.objects.filter(entry__event__in=[Event.SIGNED, Event.AMENDED]).exists()


def test_a_numbered_amendment_stays_and_cannot_be_opened_either() -> None:
    log = make_log()
    [entry] = signed(log)
    amendment = amended(log, entry)
    sequence(log.pk, hidden_batch=1)
    undo([entry], Event.WITHDRAWN, NOON)
    assert log.entries.filter(pk=amendment.pk, index=1).exists()
    assert [opening.entry.event for opening in Opening.objects.all()] == [Event.WITHDRAWN]


def test_who_signs_and_leaves_before_the_release_is_nowhere_in_the_log(embargoed: Letter) -> None:
    token = links.make(embargoed, PrivateLink.Purpose.INVITATION, "ferrymen", SECRETARY, NOON)
    link = links.find(token, PrivateLink.Purpose.INVITATION, NOON)
    before = everything()
    signature = sign_and_confirm(SOMI, embargoed, invited_by=link.pk)
    withdraw([signature.pk], NOON)
    assert everything()["ledger.Entry"] == before["ledger.Entry"]


def test_an_undoing_that_breaks_at_any_step_undoes_nothing() -> None:
    log = make_log()
    [numbered] = signed(log)
    sequence(log.pk, hidden_batch=1)
    [waiting] = signed(log)
    before = everything()
    for step in cut_at_each_step(transaction.atomic(lambda: undo([numbered, waiting], Event.WITHDRAWN, NOON))):
        assert everything() == before, step
    assert [entry.event for entry in log.entries.order_by("pk")] == [Event.SIGNED, Event.WITHDRAWN]


# --- Beside the sequencer ---------------------------------------------------------------------------------------------


@RACE
def test_the_sequencer_does_not_number_what_is_being_taken_back() -> None:
    log = make_log()
    entries = signed(log)
    with another_process() as begin, transaction.atomic():
        undo(entries, Event.WITHDRAWN, NOON)
        numbered = begin(lambda: sequence(log.pk, hidden_batch=1))
    assert len(numbered.result()) == 0
    assert not log.entries.exists()


@RACE
def test_what_the_sequencer_is_numbering_is_undone_by_an_entry() -> None:
    log = make_log()
    entries = signed(log)
    with another_process() as begin, transaction.atomic():
        sequence(log.pk, hidden_batch=1)
        undone = begin(transaction.atomic(lambda: undo(entries, Event.WITHDRAWN, NOON)))
    assert undone.result() is None
    assert [entry.event for entry in log.entries.order_by("pk")] == [Event.SIGNED, Event.WITHDRAWN]


@RACE
def test_taking_back_and_numbering_never_wait_for_each_other() -> None:
    log = make_log()
    [numbered] = signed(log)
    sequence(log.pk, hidden_batch=1)
    [waiting] = signed(log)
    with another_process() as begin, transaction.atomic():
        list(Entry.objects.select_for_update().filter(pk=waiting.pk))  # as far as `undo` may have come
        answer = begin(lambda: sequence(log.pk, hidden_batch=1))
        undo([numbered, waiting], Event.WITHDRAWN, NOON)
    assert len(answer.result()) + len(sequence(log.pk, hidden_batch=1)) == 1
    assert [entry.event for entry in log.entries.order_by("pk")] == [Event.SIGNED, Event.WITHDRAWN]
