"""Counting the pages of stories that the door sends out: in memory, and once a minute as numbers into the record."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from undersigned.intake.wire import Reply, Told
from undersigned.stories.reads import ReadCounter

WRITE_SECONDS = 60
SENT = frozenset((200, 304))
"""A page, or the word that the reader has it already."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counting:
    """Belongs to one event loop. `write` puts what was counted into the record, in a thread beside the loop."""

    write: Callable[[Mapping[str, int]], None]
    counter: ReadCounter = field(default_factory=ReadCounter)
    task: "asyncio.Task[None] | None" = None

    def note(self, path: str, told: Told, reply: Reply) -> None:
        """A GET of `path` is answered by `reply`. What a browser fetches before anybody asks for it is not read yet."""
        if path.startswith("/stories/") and reply.status in SENT and b"prefetch" not in told.get(b"sec-purpose", b""):
            self.counter.note(path)

    def open(self) -> None:
        """Begin; within the event loop."""
        self.task = asyncio.get_running_loop().create_task(self._repeat())

    async def close(self) -> None:
        """Write what is counted, and end."""
        if self.task:
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task
            await self.flush()

    async def flush(self) -> None:
        """Put what was counted into the record; numbers that it does not take are lost, and nobody waits for them."""
        taken = self.counter.take()
        if not taken:
            return
        try:
            await asyncio.get_running_loop().run_in_executor(None, self.write, taken)
        except Exception as fault:  # whatever it is, pages must go out
            log.error("reads of stories not written (%s)", type(fault).__qualname__)

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await self.flush()
