import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.intake import buckets
from undersigned.intake.buckets import Buckets
from undersigned.lib.env import Rate

RATE = Rate(5, 10)


def put(bucket: Buckets, block: bytes, *moments: float) -> list[bool]:
    return [bucket.has_room(block, at) for at in moments]


def test_so_many_have_room_at_once_and_no_more() -> None:
    assert put(Buckets(RATE), b"a", *[0.0] * 6) == [True] * 5 + [False]


def test_with_time_there_is_room_again() -> None:
    bucket = Buckets(RATE)
    put(bucket, b"a", *[0.0] * 5)
    assert put(bucket, b"a", 1.9, 2.0, 2.0) == [False, True, False]
    assert put(bucket, b"a", *[100.0] * 6) == [True] * 5 + [False]


def test_who_is_turned_away_does_not_wait_longer_for_having_tried() -> None:
    bucket = Buckets(RATE)
    put(bucket, b"a", *[0.0] * 50)
    assert put(bucket, b"a", 2.0) == [True]


def test_one_block_takes_no_room_from_another() -> None:
    bucket = Buckets(RATE)
    put(bucket, b"a", *[0.0] * 6)
    assert put(bucket, b"b", 0.0) == [True]


def test_no_block_can_be_read_in_memory_and_each_process_has_its_own_names() -> None:
    one, other = Buckets(RATE), Buckets(RATE)
    for bucket in (one, other):
        put(bucket, b"\xc0\x00\x02", 0.0)
    assert b"\xc0\x00\x02" not in b"".join(one.latest)
    assert one.latest.keys() != other.latest.keys()


def test_memory_is_bounded_and_those_seen_lately_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "BLOCKS", 100)
    bucket = Buckets(RATE)
    for number in range(1000):
        put(bucket, b"full", *[0.0] * 2)
        put(bucket, number.to_bytes(3, "big"), 0.0)
    assert len(bucket.latest) + len(bucket.before) <= 200
    assert put(bucket, b"full", 0.0) == [False]


@given(st.lists(st.floats(0, 5), max_size=60))
def test_in_no_stretch_of_time_more_than_the_rate_gets_through(pauses: list[float]) -> None:
    bucket, at, passed = Buckets(RATE), 0.0, []
    for pause in pauses:
        at += pause
        if bucket.has_room(b"a", at):
            passed.append(at)
    for first, begin in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= RATE.count + (passed[last] - begin) * RATE.a_second + 1e-6
