from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.ledger.logs import TEXT, amended, make_log, numbers, signed
from tests.plans import plan_of
from tests.stage import NOON
from tests.trouble import another_process, at_once, cut_at_each_step, everything
from undersigned.ledger.entries import NewEntry, append
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.models import Entry, Log
from undersigned.ledger.sequence import BATCH, sequence
from undersigned.ledger.tally import counts, recount

pytestmark = pytest.mark.django_db


def number(log: Log, hidden_batch: int = 1) -> int:
    return len(sequence(log.pk, hidden_batch=hidden_batch))


def in_order(log: Log) -> list[Entry]:
    return list(log.entries.exclude(index=None).order_by("index"))


def test_entries_are_numbered_from_nought_in_the_order_in_which_they_came() -> None:
    log = make_log()
    entries = signed(log, many=3)
    assert number(log) == 3
    assert in_order(log) == entries
    assert numbers(log) == [0, 1, 2]


def test_the_next_numbers_go_on_where_the_last_ones_ended() -> None:
    log = make_log()
    signed(log, many=2)
    number(log)
    before = list(Entry.objects.values())
    [late] = signed(log)
    assert number(log) == 1
    assert list(Entry.objects.exclude(pk=late.pk).values()) == before
    assert Log.objects.get().size == 3
    assert number(log) == 0


def test_a_log_that_is_not_opened_gets_no_numbers() -> None:
    log = make_log(opened_at=None)
    signed(log, many=3)
    assert number(log) == 0
    assert numbers(log) == []
    assert counts(log).total == 0


def test_each_log_has_numbers_of_its_own() -> None:
    one, other = make_log(), make_log("letters.example/tunnel")
    signed(one, many=2)
    signed(other, many=1)
    assert (number(one), number(other)) == (2, 1)
    assert (numbers(one), numbers(other)) == ([0, 1], [0])


def test_a_log_begins_with_its_text_and_its_release_however_many_signed_before() -> None:
    log = make_log()
    [frozen] = append([NewEntry(log.pk, Event.VERSION_FROZEN, TEXT)], NOON)
    signed(log, many=BATCH + 1)
    [released] = append([NewEntry(log.pk, Event.RELEASED, TEXT)], NOON)
    number(log)
    assert in_order(log)[:2] == [frozen, released]


def test_a_long_queue_is_numbered_in_batches_without_a_gap() -> None:
    log = make_log()
    entries = signed(log, many=2 * BATCH + 5)
    assert [number(log) for _ in range(4)] == [BATCH, BATCH, 5, 0]
    assert in_order(log) == entries
    assert numbers(log) == list(range(2 * BATCH + 5))


@pytest.mark.parametrize("others", [Tallied.SUPPORTER, Tallied.HIDDEN])
def test_neither_sort_of_entry_is_sought_among_those_of_the_other(others: Tallied) -> None:
    """However many wait: of a million hidden ones, every batch of others would look through all."""
    log = make_log()
    signed(log, many=20, kind=others)
    with CaptureQueriesContext(connection) as asked:
        number(log, hidden_batch=21)
    number(log)
    with CaptureQueriesContext(connection) as asked_later:
        number(log)
    questions = [query["sql"] for query in (*asked, *asked_later) if "about" in query["sql"]]
    for question in questions:
        index = "named_waiting" if "NOT (e.kind = 'hidden')" in question else "hidden_waiting"
        assert index in plan_of(question), question
    assert len(questions) >= 4


def test_an_amendment_comes_after_what_it_amends() -> None:
    log = make_log()
    [entry] = signed(log)
    amendment = amended(log, entry)
    number(log)
    assert in_order(log) == [entry, amendment]


# --- Hidden signatories -----------------------------------------------------------------------------------------------


def test_hidden_entries_wait_until_there_are_enough_of_them() -> None:
    log = make_log()
    signed(log, many=4, kind=Tallied.HIDDEN)
    assert number(log, hidden_batch=5) == 0
    assert counts(log).hidden == 0
    signed(log, kind=Tallied.HIDDEN)
    assert number(log, hidden_batch=5) == 5
    assert counts(log).hidden == 5


def test_nobody_waits_for_those_who_hide() -> None:
    log = make_log()
    signed(log, many=4, kind=Tallied.HIDDEN)
    [somi] = signed(log)
    assert number(log, hidden_batch=5) == 1
    assert in_order(log) == [somi]


def test_the_order_of_hidden_entries_tells_nothing_of_when_they_came() -> None:
    logs = [make_log(f"letters.example/{place}") for place in ("bridge", "tunnel")]
    drawn = []
    for log in logs:
        came = signed(log, many=20, kind=Tallied.HIDDEN)
        number(log, hidden_batch=20)
        assert numbers(log) != sorted(numbers(log))
        assert set(in_order(log)) == set(came)
        drawn.append(numbers(log))
    assert drawn[0] != drawn[1]


def test_leaving_is_as_hidden_as_signing() -> None:
    log = make_log()
    entries = signed(log, many=3, kind=Tallied.HIDDEN)
    number(log, hidden_batch=3)
    append([NewEntry(log.pk, Event.WITHDRAWN, TEXT, Tallied.HIDDEN, None, entries[0])], NOON)
    assert number(log, hidden_batch=3) == 0
    signed(log, many=2, kind=Tallied.HIDDEN)
    assert number(log, hidden_batch=3) == 3
    assert counts(log).hidden == 4


def test_a_batch_of_the_hidden_may_be_larger_than_one_of_others() -> None:
    log = make_log()
    signed(log, many=BATCH + 1, kind=Tallied.HIDDEN)
    assert number(log, hidden_batch=BATCH + 1) == BATCH + 1


# --- Crashes and company ----------------------------------------------------------------------------------------------


def test_a_sequencer_that_breaks_at_any_step_numbers_nothing_and_counts_nothing() -> None:
    log = make_log()
    signed(log, many=2)
    signed(log, many=2, kind=Tallied.HIDDEN)
    before = everything()
    steps = 0
    for step in cut_at_each_step(lambda: number(log)):
        assert everything() == before, step
        steps += 1
    assert steps >= 5  # lock, two reads, numbers, tallies, size
    assert sorted(numbers(log)) == [0, 1, 2, 3]
    assert counts(log) == recount(log)


def test_a_sequencer_goes_on_after_a_crash_without_a_gap_or_a_repeat() -> None:
    log = make_log()
    signed(log, many=BATCH + 3)
    number(log)
    for _ in cut_at_each_step(lambda: number(log)):
        signed(log)  # life goes on
    while number(log):
        pass
    assert numbers(log) == list(range(Log.objects.get().size))
    assert not log.entries.filter(index=None).exists()
    assert counts(log).supporters == recount(log).supporters == log.entries.count()


@pytest.mark.django_db(transaction=True)
def test_two_sequencers_number_each_entry_once() -> None:
    log = make_log()
    signed(log, many=30)
    signed(log, many=10, kind=Tallied.HIDDEN)
    answers = at_once(*[lambda: number(log)] * 3)
    assert sum(answers) == 40
    assert sorted(numbers(log)) == list(range(40))
    assert (counts(log).supporters, counts(log).hidden) == (30, 10)


@pytest.mark.django_db(transaction=True)
def test_a_sequencer_waits_for_the_one_before_it_and_goes_on_from_there() -> None:
    log = make_log()
    signed(log)

    def sign_and_number() -> int:
        signed(log)
        return number(log)

    with another_process() as begin, transaction.atomic():
        number(log)
        second = begin(sign_and_number)
    assert second.result() == 1
    assert numbers(log) == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_who_signs_while_others_are_numbered_is_numbered_next() -> None:
    log = make_log()
    signed(log, many=5)
    at_once(lambda: number(log), *[lambda: signed(log, at=datetime(2026, 11, 10, 13, tzinfo=UTC))] * 3)
    number(log)
    assert sorted(numbers(log)) == list(range(8))  # whoever was given the greater key may be written before
    assert counts(log).supporters == 8
