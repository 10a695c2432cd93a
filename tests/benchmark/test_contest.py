import pytest

from benchmark.contest import Pair, alternate
from benchmark.processes import CannotMeasure


def test_both_sides_are_measured_in_turn_and_neither_always_goes_first() -> None:
    order: list[str] = []

    def measure(side: str) -> float:
        order.append(side)
        return len(order)

    pair = alternate(3, lambda: measure("ours"), lambda: measure("theirs"))
    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert pair == Pair((1, 4, 5), (2, 3, 6))


def test_the_ratio_is_that_of_the_medians() -> None:
    assert Pair((10, 1000, 20), (2, 4, 1)).ratio == 10


def test_nothing_is_compared_to_what_did_nothing() -> None:
    with pytest.raises(CannotMeasure):
        _ = Pair((1,), (0,)).ratio
