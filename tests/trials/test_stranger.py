"""A stranger who types somebody's mailbox learns nothing: neither from the words of the answer, nor from the wait."""

import random
import re
import time
from collections.abc import Iterator, Sequence
from itertools import count

import pytest

from benchmark.letter import SLUG, version
from benchmark.records import ARRIVED
from tests.flows.office import until
from tests.trials.aftermath import Aftermath
from tests.trials.crowd import Crowd, Person, Visit
from tests.trials.likeness import Pair, can_be_told_apart, planted

TOKEN = re.compile(rb'name="token" value="[\w-]+"')
KNOWN = 40
"""So many have signed before; half of them have confirmed."""

PEOPLE = 4
"""So many others sign meanwhile."""


@pytest.fixture
def known(aftermath: Aftermath) -> Iterator[list[Person]]:
    """Those who have signed, at an office that serves."""
    aftermath.office.start()
    until(lambda: aftermath.office.ask("/accounts/login/").status == 200, "the desk")
    people = [
        Person(f"Known Signatory {number}", f"known{number:06d}@mail.example", is_hidden=False)
        for number in range(KNOWN)
    ]
    stranger = Stranger(aftermath)
    for person in people:
        assert stranger.sign(person)[0] == 200
    until(lambda: aftermath.records.number(ARRIVED) == 0, "all sign-ons to be taken in")
    stranger.visit.begin_anew()  # who says nothing for a while is sent away
    for _, path in list(aftermath.links())[: KNOWN // 2]:
        assert stranger.visit.post(path, {"action": "confirm"}) == 200
    yield people
    stranger.visit.leave()


def test_the_answer_is_the_same_whoever_has_signed(aftermath: Aftermath, known: list[Person]) -> None:
    stranger = Stranger(aftermath)
    first = stranger.sign(stranger.somebody_new())
    for person in known:
        assert stranger.sign(person) == first
    stranger.visit.leave()


def test_the_wait_is_the_same_whoever_has_signed(aftermath: Aftermath, known: list[Person]) -> None:
    """In short, so that it never fails by chance: no great difference is found among few waits."""
    assert not can_be_told_apart(waits_in_a_crowd(aftermath, known, pairs=100), false_alarms=1e-6)


@pytest.mark.long
def test_a_millisecond_would_be_found_and_is_not_there(aftermath: Aftermath, known: list[Person]) -> None:
    waits = waits_in_a_crowd(aftermath, known, pairs=2500)
    assert not can_be_told_apart(waits, false_alarms=0.001)
    assert can_be_told_apart(planted(waits, milliseconds=1), false_alarms=0.001)


def waits_in_a_crowd(aftermath: Aftermath, known: Sequence[Person], pairs: int) -> list[Pair]:
    """Milliseconds of a first sign-on and of a repeat, one right after the other, in an order drawn by lot."""
    crowd, stranger, lot = Crowd(aftermath.office, aftermath.told), Stranger(aftermath), random.Random(pairs)
    crowd.begin(PEOPLE)
    try:
        crowd.wait_for(PEOPLE)
        return [stranger.pair(known[number % len(known)], lot) for number in range(pairs)]
    finally:
        crowd.end()
        stranger.visit.leave()


class Stranger:
    """Somebody who signs again and again under mailboxes that they do not own."""

    def __init__(self, aftermath: Aftermath) -> None:
        self.visit = Visit(aftermath.office.port, aftermath.told.faults)
        self._version = version(aftermath.office)
        self._numbers = count()

    def somebody_new(self) -> Person:
        number = next(self._numbers)
        return Person(f"Fresh Signatory {number % KNOWN}", f"fresh{number:06d}@mail.example", is_hidden=False)

    def sign(self, person: Person) -> tuple[int, dict[str, str], bytes]:
        """The whole answer, but for its date and its token."""
        answer = self.visit.ask(f"/{SLUG}/en/sign/supporter/", person.typed(self._version))
        headers = {name: text for name, text in answer.headers.items() if name != "date"}
        page, tokens = TOKEN.subn(b"", answer.body)
        assert tokens == 1
        return answer.status, headers, page

    def pair(self, person: Person, lot: random.Random) -> Pair:
        """How long a first sign-on waits, and that of `person`, who has signed before."""
        first = self.somebody_new()
        if lot.random() < 0.5:
            return self._wait(first), self._wait(person)
        repeat = self._wait(person)
        return self._wait(first), repeat

    def _wait(self, person: Person) -> float:
        start = time.perf_counter()
        status = self.visit.post(f"/{SLUG}/en/sign/supporter/", person.typed(self._version))
        assert status == 200
        return (time.perf_counter() - start) * 1000
