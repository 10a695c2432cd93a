import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import TypeVar

import pytest

from undersigned.intake import commit
from undersigned.intake.commit import Lane, LaneFull, NotCommitted, Record

T = TypeVar("T")
SECONDS = 90


class Away(Exception):
    """The record cannot be asked."""


@dataclass
class Book:
    """A record that keeps what is committed. It refuses `bad` items; while `held`, a commit takes its time."""

    batches: list[list[int]] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)
    faults: list[Exception] = field(default_factory=list)
    held: Event = field(default_factory=Event)
    begun: Event = field(default_factory=Event)
    left: int = 0

    def commit(self, items: Sequence[int]) -> list[str]:
        self.begun.set()
        self.held.wait(SECONDS)
        if self.faults:
            raise self.faults.pop()
        if self.bad & set(items):
            raise ValueError("a bad item")
        self.batches.append(list(items))
        return [f"{item} is kept" for item in items]

    def leave(self) -> None:
        self.left += 1

    @property
    def kept(self) -> list[int]:
        return [item for batch in self.batches for item in batch]


@pytest.fixture
def book() -> Book:
    book = Book()
    book.held.set()
    return book


@pytest.fixture
def lane(book: Book) -> Lane[int, str]:
    return Lane("numbers", Record(book.commit, lambda fault: isinstance(fault, Away), book.leave))


def within(lane: Lane[int, str], act: Callable[[], Awaitable[T]]) -> T:
    """Do something while the lane is open, and close it."""

    async def work() -> T:
        lane.open()
        try:
            return await asyncio.wait_for(act(), SECONDS)
        finally:
            await lane.close()

    return asyncio.run(work())


async def outcome(lane: Lane[int, str], item: int) -> str:
    try:
        return await lane.put(item)
    except (NotCommitted, LaneFull) as fault:
        return type(fault).__name__


def put_all(lane: Lane[int, str], items: Sequence[int]) -> list[str]:
    async def act() -> list[str]:
        return list(await asyncio.gather(*(outcome(lane, item) for item in items)))

    return within(lane, act)


def test_each_item_gets_its_own_answer(lane: Lane[int, str], book: Book) -> None:
    assert put_all(lane, range(1000)) == [f"{item} is kept" for item in range(1000)]
    assert book.kept == list(range(1000))


def test_nothing_is_answered_before_its_commit(lane: Lane[int, str], book: Book) -> None:
    async def act() -> str:
        book.held.clear()
        put = asyncio.ensure_future(lane.put(1))
        await asyncio.get_running_loop().run_in_executor(None, book.begun.wait, SECONDS)
        assert not put.done()
        book.held.set()
        return await put

    assert within(lane, act) == "1 is kept"


def test_what_queues_during_a_commit_is_the_next_batch(lane: Lane[int, str], book: Book) -> None:
    async def act() -> None:
        book.held.clear()
        first = asyncio.ensure_future(lane.put(0))
        await asyncio.get_running_loop().run_in_executor(None, book.begun.wait, SECONDS)
        rest = [asyncio.ensure_future(lane.put(item)) for item in range(1, commit.BATCH + 11)]
        await asyncio.sleep(0)
        book.held.set()
        await asyncio.gather(first, *rest)

    within(lane, act)
    assert [len(batch) for batch in book.batches] == [1, commit.BATCH, 10]


def test_one_bad_item_fails_alone(lane: Lane[int, str], book: Book) -> None:
    book.bad = {3}
    book.held.clear()

    async def act() -> list[str]:
        puts = [asyncio.ensure_future(outcome(lane, item)) for item in range(6)]
        await asyncio.sleep(0)
        book.held.set()
        return list(await asyncio.gather(*puts))

    answers = within(lane, act)
    assert answers[3] == "NotCommitted"
    assert [answers[item] for item in (0, 1, 2, 4, 5)] == [f"{item} is kept" for item in (0, 1, 2, 4, 5)]
    assert sorted(book.kept) == [0, 1, 2, 4, 5]


def test_when_the_record_is_away_nothing_is_tried_one_by_one_and_the_connection_is_let_go(
    lane: Lane[int, str], book: Book, caplog: pytest.LogCaptureFixture
) -> None:
    book.faults = [Away()]
    with caplog.at_level(logging.ERROR):
        assert put_all(lane, [1]) == ["NotCommitted"]
    assert not book.batches
    assert book.left == 2  # after the fault, and at the end
    assert "1 not committed" in caplog.text


def test_after_a_fault_the_next_batch_is_committed(lane: Lane[int, str], book: Book) -> None:
    book.faults = [Away()]

    async def act() -> list[str]:
        return [await outcome(lane, 1), await outcome(lane, 2)]

    assert within(lane, act) == ["NotCommitted", "2 is kept"]


def test_who_hangs_up_does_not_disturb_the_others(lane: Lane[int, str], book: Book) -> None:
    async def act() -> list[str]:
        book.held.clear()
        puts = [asyncio.ensure_future(lane.put(item)) for item in range(3)]
        await asyncio.sleep(0)
        puts[1].cancel()
        book.held.set()
        return [await puts[0], await puts[2]]

    assert within(lane, act) == ["0 is kept", "2 is kept"]
    assert sorted(book.kept) == [0, 1, 2]
    assert lane.waiting == 0


def test_more_than_there_is_room_for_is_turned_away_and_nothing_of_it_kept(
    lane: Lane[int, str], book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "ROOM", 4)
    book.held.clear()

    async def act() -> list[str]:
        puts = [asyncio.ensure_future(outcome(lane, item)) for item in range(6)]
        await asyncio.sleep(0)
        book.held.set()
        return list(await asyncio.gather(*puts))

    assert within(lane, act) == [*(f"{item} is kept" for item in range(4)), "LaneFull", "LaneFull"]
    assert sorted(book.kept) == [0, 1, 2, 3]


def test_what_was_accepted_before_the_end_is_committed(lane: Lane[int, str], book: Book) -> None:
    async def act() -> list[str]:
        lane.open()
        book.held.clear()
        puts = [asyncio.ensure_future(lane.put(item)) for item in range(700)]
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(lane.close())
        await asyncio.sleep(0)
        book.held.set()
        await closing
        return list(await asyncio.gather(*puts))

    assert len(asyncio.run(act())) == 700
    assert sorted(book.kept) == list(range(700))


def test_while_it_ends_nothing_more_is_accepted(lane: Lane[int, str], book: Book) -> None:
    """Its thread may have ended already: whoever was let in would wait for ever."""

    async def act() -> str:
        lane.open()
        closing = asyncio.ensure_future(lane.close())
        await asyncio.sleep(0)
        answer = await asyncio.wait_for(outcome(lane, 1), SECONDS)
        await closing
        return answer

    assert asyncio.run(act()) == "LaneFull"
    assert not book.kept


def test_after_the_end_nothing_is_accepted(lane: Lane[int, str]) -> None:
    put_all(lane, [1])

    async def late() -> str:
        return await outcome(lane, 2)

    assert asyncio.run(late()) == "LaneFull"
