"""Taking in makes way for those who are signing."""

from datetime import datetime, timedelta
from itertools import count
from threading import Event

import pytest

from tests.people import SOMI
from tests.signing.test_arrivals import new_arrival
from tests.stage import DAY, NOON
from undersigned.config import worker
from undersigned.config.worker import Intake
from undersigned.letters.models import Letter
from undersigned.lib.keys import KeyRing
from undersigned.signing.arrivals import arrive, take_in
from undersigned.signing.models import Arrival


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many were taken in at each turn; five would be a full batch, and two are few."""
    taken: list[int] = []

    def noted(at: datetime, limit: int) -> int:
        taken.append(take_in(at, limit))
        return taken[-1]

    monkeypatch.setattr(worker, "take_in", noted)
    monkeypatch.setattr(worker, "BATCH", 5)
    monkeypatch.setattr(worker, "FEW", 2)
    return taken


def arrived(letter: Letter, keys: KeyRing, number: int, at: datetime) -> None:
    arrive([new_arrival(SOMI, letter, keys) for _ in range(number)], at)


def test_while_others_sign_few_are_taken_in_at_once(
    letter: Letter, keys: KeyRing, turns: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_by_milliseconds(monkeypatch, idle_cores=0)
    arrived(letter, keys, 9, NOON)
    Intake(Event()).take_in(NOON)
    assert turns == [5, 2, 2, 0]
    assert not Arrival.objects.exists()


def test_where_others_leave_a_core_idle_full_batches_are_taken_in(
    letter: Letter, keys: KeyRing, turns: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_by_milliseconds(monkeypatch, idle_cores=1)
    arrived(letter, keys, 9, NOON)
    Intake(Event()).take_in(NOON)
    assert turns == [5, 4, 0]


def go_by_milliseconds(monkeypatch: pytest.MonkeyPatch, idle_cores: float) -> None:
    moments = (NOON + milliseconds * timedelta(milliseconds=1) for milliseconds in count())
    monkeypatch.setattr(worker, "now", lambda: next(moments))
    monkeypatch.setattr(worker.Cores, "idle", lambda _self, _at: idle_cores)


def test_where_nobody_is_signing_full_batches_are_taken_in(letter: Letter, keys: KeyRing, turns: list[int]) -> None:
    arrived(letter, keys, 12, NOON - DAY)
    Intake(Event()).take_in(NOON)
    assert turns == [5, 5, 2, 0]
    assert not Arrival.objects.exists()


def test_asked_to_stop_it_takes_in_no_further_batch(letter: Letter, keys: KeyRing, turns: list[int]) -> None:
    arrived(letter, keys, 3, NOON)
    stopped = Event()
    stopped.set()
    Intake(stopped).take_in(NOON)
    assert turns == []
    assert Arrival.objects.count() == 3
