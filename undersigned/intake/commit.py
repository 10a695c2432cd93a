"""Adaptive group commit: one batch in flight, and the next one made of whatever queued meanwhile. No timer.

At little load each item is committed by itself, at once; at much load a batch is as large as a commit is slow.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Commit = Callable[[Sequence[Item]], Sequence[Answer]]

BATCH = 512
ROOM = 8 * BATCH
"""How many may wait for a commit; more are turned away."""

log = logging.getLogger(__name__)


class LaneFull(Exception):
    """As many wait already as there is room for, or the end has begun; nothing was taken."""


class NotCommitted(Exception):
    """The record did not take it."""


@dataclass(frozen=True, slots=True)
class Record(Generic[Item, Answer]):
    """Where batches go: `commit` makes one durable, all or nothing, and answers each item.

    `is_away` tells of a fault that is no item's own: then nothing more is tried. `leave` lets go of the connection,
    after such a fault and at the end; `committed` is told how many took how many seconds. All are called by the commit
    thread only.
    """

    commit: Commit[Item, Answer]
    is_away: Callable[[Exception], bool]
    leave: Callable[[], None]
    committed: Callable[[int, float], None] = lambda count, seconds: None


@dataclass(slots=True)
class Lane(Generic[Item, Answer]):
    """Items on their way into the record, in the order of their coming, committed by a thread of its own.

    `waiting` is written only by the event loop; `queue` is filled by the loop and emptied by the thread, which sleeps
    only where it `is_idle`: waking it for each item would cost more than taking the item does.
    """

    name: str
    record: Record[Item, Answer]
    waiting: int = 0
    queue: "deque[tuple[Item, asyncio.Future[Answer]]]" = field(default_factory=deque)
    is_idle: bool = False
    is_closing: bool = False
    bell: SimpleQueue[None] = field(default_factory=SimpleQueue)
    loop: asyncio.AbstractEventLoop | None = None
    thread: Thread | None = None

    def open(self) -> None:
        """Begin; within the event loop that will put items in."""
        self.loop = asyncio.get_running_loop()
        self.thread = Thread(target=self._work, name=f"commit {self.name}", daemon=True)
        self.thread.start()

    def put(self, item: Item) -> "asyncio.Future[Answer]":
        """Have `item` committed; to be awaited, the record's answer to it, or NotCommitted. LaneFull at once, where
        there is no room or the end has begun; in both cases it was not committed."""
        if self.loop is None or self.is_closing or self.waiting >= ROOM:
            raise LaneFull
        future: asyncio.Future[Answer] = self.loop.create_future()
        self.waiting += 1
        self.queue.append((item, future))
        if self.is_idle:
            self.is_idle = False
            self.loop.call_soon(self.bell.put, None)  # when all who came at once have put theirs in
        return future

    async def close(self) -> None:
        """Commit what was put in, and end."""
        if self.thread:
            self.is_closing = True
            self.bell.put(None)
            await asyncio.get_running_loop().run_in_executor(None, self.thread.join)
            await asyncio.sleep(0)  # let the last answers out
            self.loop = None

    def _work(self) -> None:
        while batch := self._next_batch():
            answers = self._commit([item for item, _ in batch])
            assert self.loop  # noqa: S101  set before this thread began
            self.loop.call_soon_threadsafe(self._settle, batch, answers)
        self.record.leave()

    def _next_batch(self) -> "list[tuple[Item, asyncio.Future[Answer]]]":
        """What is there, or will be, up to BATCH; nothing at the end."""
        while not self.queue and not self.is_closing:
            self.is_idle = True
            if not self.queue:  # what was put in before we were idle rings no bell
                self.bell.get()
        return [self.queue.popleft() for _ in range(min(len(self.queue), BATCH))]

    def _commit(self, items: Sequence[Item]) -> Sequence[Answer | NotCommitted]:
        """The record's answers; where it refuses a batch, each item is tried alone, so that a bad one fails alone."""
        begun = perf_counter()
        try:
            answers = self.record.commit(items)
        except Exception as fault:  # whatever it is, readers are waiting for an answer
            is_away = self.record.is_away(fault)
            if is_away or len(items) == 1:
                log.error("%s: %d not committed (%s)", self.name, len(items), type(fault).__qualname__)
                if is_away:
                    self.record.leave()
                return [NotCommitted() for _ in items]
        else:
            self.record.committed(len(items), perf_counter() - begun)
            return answers
        return [answer for item in items for answer in self._commit([item])]

    def _settle(
        self,
        batch: "Sequence[tuple[Item, asyncio.Future[Answer]]]",
        answers: Sequence[Answer | NotCommitted],
    ) -> None:
        self.waiting -= len(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():  # the signatory hung up; the commit stands
                continue
            if isinstance(answer, NotCommitted):
                future.set_exception(answer)
            else:
                future.set_result(answer)
