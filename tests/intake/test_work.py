import pytest

from tests.intake.working import work_for
from undersigned.intake import work
from undersigned.intake.work import AHEAD_MINUTES, GOOD_MINUTES, Works

VERSION, OTHER = "ab" * 32, "cd" * 32
MINUTE = 29_000_000


@pytest.fixture(scope="module")
def done() -> str:
    return work_for(VERSION, MINUTE)


def test_a_work_is_good_for_its_letter_once(done: str) -> None:
    works = Works()
    assert not works.spend(done, OTHER, MINUTE)
    assert works.spend(done, VERSION, MINUTE)
    assert not works.spend(done, VERSION, MINUTE)


@pytest.mark.parametrize(
    ("minute", "is_good"),
    [
        (MINUTE + GOOD_MINUTES, True),
        (MINUTE + GOOD_MINUTES + 1, False),
        (MINUTE - AHEAD_MINUTES, True),
        (MINUTE - AHEAD_MINUTES - 1, False),
    ],
)
def test_a_work_is_good_for_an_hour(done: str, minute: int, is_good: bool) -> None:
    assert Works().spend(done, VERSION, minute) is is_good


def test_a_work_cannot_be_spent_again_by_writing_it_otherwise(done: str) -> None:
    works = Works()
    assert works.spend(done, VERSION, MINUTE)
    begun, salt, *nonces = done.split(".")
    for other in (f"0{done}", ".".join([begun, salt, *(f"0{nonce}" for nonce in nonces)]), f"{done} ", done.upper()):
        assert not works.spend(other, VERSION, MINUTE)


@pytest.mark.parametrize("place", [0, 1, 2, -1])
def test_whatever_is_changed_in_a_work_it_is_none(done: str, place: int) -> None:
    parts = done.split(".")
    parts[place] = {0: str(MINUTE + 1), 1: "saltsalu"}.get(place, parts[place] + "0")
    assert not Works().spend(".".join(parts), VERSION, MINUTE)


@pytest.mark.parametrize(
    "text", ["", "1", "." * 17, f"{MINUTE}.saltsalt", "x" * 10_000, f"{MINUTE}.saltsalt" + ".0" * 16]
)
def test_what_is_no_work_is_none(text: str) -> None:
    assert not Works().spend(text, VERSION, MINUTE)


def test_memory_is_bounded_and_what_is_too_old_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "SPENT", 2)
    works = Works()
    first, second, third = (work_for(VERSION, MINUTE, f"saltsal{n}") for n in range(3))
    assert works.spend(first, VERSION, MINUTE)
    assert works.spend(second, VERSION, MINUTE)
    assert not works.spend(third, VERSION, MINUTE)
    later = MINUTE + GOOD_MINUTES + 1
    assert works.spend(work_for(VERSION, later), VERSION, later)
    assert list(works.spent) == [later]
