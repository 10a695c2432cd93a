from collections import Counter
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.logs import TEXT, amended, make_log, numbers, signed
from tests.stage import NOON
from undersigned.ledger.entries import NewEntry, append, undo
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.models import Entry, Log, Tally
from undersigned.ledger.sequence import sequence
from undersigned.ledger.tally import Counts, counts, recount

pytestmark = pytest.mark.django_db
COUNTED = (Tallied.ORGANISATION, Tallied.PERSON, Tallied.SUPPORTER, Tallied.HIDDEN)


def test_an_empty_log_counts_nobody() -> None:
    log = make_log()
    assert counts(log) == recount(log) == Counts()
    assert Counts().total == 0


def test_each_kind_is_counted_by_itself_and_the_total_counts_each_once() -> None:
    log = make_log()
    for many, kind in enumerate(COUNTED, start=1):
        signed(log, many=many, kind=kind)
    sequence(log.pk, hidden_batch=1)
    assert counts(log) == recount(log) == Counts(organisations=1, persons=2, supporters=3, hidden=4)
    assert counts(log).total == 10


def test_what_waits_is_not_counted_yet() -> None:
    log = make_log()
    signed(log, many=3)
    assert counts(log) == recount(log) == Counts()


def test_signatures_under_several_versions_are_counted_together_and_kept_apart() -> None:
    log = make_log()
    for version in (TEXT, bytes(32)):
        append([NewEntry(log.pk, Event.SIGNED, version, Tallied.PERSON)], NOON)
    sequence(log.pk, hidden_batch=1)
    assert counts(log).persons == recount(log).persons == 2
    assert Tally.objects.filter(count=1).count() == 2


@pytest.mark.parametrize(
    ("event", "effect"),
    [
        (Event.VERSION_FROZEN, 0),
        (Event.RELEASED, 0),
        (Event.SIGNED, 1),
        (Event.AMENDED, 0),
        (Event.MERGED, -1),
        (Event.WITHDRAWN, -1),
        (Event.INVALIDATED, -1),
        (Event.REINSTATED, 1),
        (Event.EDITORIAL_CHANGE, 0),
        (Event.CONSENTED_AGAIN, 0),
    ],
)
def test_each_event_has_the_effect_that_the_words_say(event: Event, effect: int) -> None:
    log = make_log()
    [first, _] = signed(log, many=2)
    append([NewEntry(log.pk, event, TEXT, Tallied.SUPPORTER, b"", first)], NOON)
    sequence(log.pk, hidden_batch=1)
    assert counts(log).supporters == recount(log).supporters == 2 + effect


def test_no_count_can_fall_below_nought() -> None:
    log = make_log()
    append([NewEntry(log.pk, Event.WITHDRAWN, TEXT, Tallied.PERSON)], NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        sequence(log.pk, hidden_batch=1)
    assert numbers(log) == []


def test_an_event_without_a_kind_counts_nobody() -> None:
    log = make_log()
    append([NewEntry(log.pk, Event.SIGNED, TEXT)], NOON)
    sequence(log.pk, hidden_batch=1)
    assert counts(log) == recount(log) == Counts()


# --- Whatever happens, in whatever order ------------------------------------------------------------------------------

SIGN = st.tuples(st.just("sign"), st.sampled_from(COUNTED))
LEAVE = st.tuples(st.sampled_from([Event.WITHDRAWN, Event.MERGED, Event.INVALIDATED]), st.integers(0, 99))
AMEND = st.tuples(st.just("amend"), st.integers(0, 99))
NUMBER = st.tuples(st.just("number"), st.integers(1, 4))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example has a log of its own
@given(happenings=st.lists(st.one_of(SIGN, SIGN, LEAVE, AMEND, NUMBER), max_size=20))
def test_the_published_counts_are_a_recount_of_the_log_at_every_batch(happenings: list[tuple[str, int]]) -> None:
    log = make_log(f"letters.example/{uuid4()}")
    standing: list[Entry] = []
    for what, detail in [*happenings, ("number", 1)]:
        happen(log, standing, what, detail)
        assert counts(log) == recount(log) == by_hand(log)
    assert numbers_are_whole(log)
    kinds = Counter(entry.kind for entry in standing)
    assert counts(log) == Counts(*[kinds[kind] for kind in COUNTED])


def happen(log: Log, standing: list[Entry], what: str, detail: int | str) -> None:
    if what == "sign":
        standing += signed(log, kind=Tallied(detail))
    elif what == "number":
        sequence(log.pk, hidden_batch=int(detail))
    elif standing:
        entry = standing[int(detail) % len(standing)]
        if what == "amend":
            amended(log, entry)
        else:
            standing.remove(entry)
            undo([entry], Event(what), NOON)


def by_hand(log: Log) -> Counts:
    """Counted as a reader would: who is signed at an index that no later line names."""
    lines = list(log.entries.exclude(index=None).values_list("pk", "kind", "event", "undoes"))
    undone = {undoes for _, _, event, undoes in lines if event != Event.AMENDED}
    kinds = Counter(kind for pk, kind, event, _ in lines if event == Event.SIGNED and pk not in undone)
    return Counts(*[kinds[kind] for kind in COUNTED])


def numbers_are_whole(log: Log) -> bool:
    return sorted(numbers(log)) == list(range(Log.objects.get(pk=log.pk).size))
