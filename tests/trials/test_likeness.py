"""The test that tells waits apart, tried on made-up waits: a fair one must see a millisecond, and no ghosts."""

import random

import pytest

from tests.trials.likeness import Pair, can_be_told_apart, planted, probability_of_chance

PAIRS = 2000
RARELY = 0.001


def loaded_server(seed: int) -> list[Pair]:
    """Waits with a long tail, which drift as the load does; both of a pair are of one kind."""
    chance = random.Random(seed)

    def wait(drift: float) -> float:
        return drift + chance.lognormvariate(1.5, 0.6) + (chance.random() < 0.02) * chance.uniform(20, 200)

    return [(wait(drift), wait(drift)) for drift in (5 + 4 * (number % 500) / 500 for number in range(PAIRS))]


@pytest.mark.parametrize("seed", range(20))
def test_waits_of_one_kind_are_not_told_apart(seed: int) -> None:
    assert not can_be_told_apart(loaded_server(seed), RARELY)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("milliseconds", [1, -1])
def test_one_millisecond_is_found(seed: int, milliseconds: int) -> None:
    assert can_be_told_apart(planted(loaded_server(seed), milliseconds), RARELY)


def test_chance_is_reported_as_it_is() -> None:
    """Among equal kinds, one in ten tests finds something that chance makes one time in ten."""
    found = [probability_of_chance(loaded_server(seed)[:100]) for seed in range(400)]
    assert 20 <= sum(chance < 0.1 for chance in found) <= 60


def test_equal_waits_tell_nothing() -> None:
    assert probability_of_chance([(1.0, 1.0)] * 100) == 1.0
