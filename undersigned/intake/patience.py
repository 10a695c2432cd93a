"""Limits of time for many requests at once: one look a second at all of them, instead of a timer for each."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

LOOK_SECONDS = 1.0


class TookTooLong(Exception):
    """The other side had all the time that there is."""


@dataclass(slots=True)
class Patience:
    """Ends what takes longer than `seconds`, at most LOOK_SECONDS late. Belongs to one event loop."""

    seconds: float
    clock: Callable[[], float]
    begun: "dict[asyncio.Task[object], float]" = field(default_factory=dict)
    ended: "set[asyncio.Task[object]]" = field(default_factory=set)
    watch: "asyncio.Task[None] | None" = None

    def __enter__(self) -> None:
        """From here on, the present task has so much time; TookTooLong where it runs out."""
        task = asyncio.current_task()
        if task is not None:
            self.begun[task] = self.clock()

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self.begun.pop(task, None)
        if task in self.ended:
            self.ended.discard(task)
            task.uncancel()
            if kind is asyncio.CancelledError:
                raise TookTooLong from None

    def look(self) -> None:
        """End what has taken too long by now."""
        late = self.clock() - self.seconds
        for task, begun in self.begun.items():
            if begun <= late and task not in self.ended:
                self.ended.add(task)
                task.cancel()

    def open(self) -> None:
        """Begin to look; within the event loop."""
        self.watch = asyncio.ensure_future(self._watch())

    async def close(self) -> None:
        if self.watch:
            self.watch.cancel()
            with suppress(asyncio.CancelledError):
                await self.watch

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look()
