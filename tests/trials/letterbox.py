"""A mail server within the test, which knows whom it was given a mail for."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread

from benchmark.sink import Taken, serve
from tests.flows.office import free_port, is_listening, until


class Letterbox:
    """Where all mail of an office goes."""

    def __init__(self, port: int, taken: Taken) -> None:
        self.port = port
        self.taken = taken

    @property
    def settings(self) -> dict[str, str]:
        """What an operator sets so that mail comes here, at once."""
        return {
            "UNDERSIGNED_MAIL_FOLDER": "",
            "UNDERSIGNED_MAIL_HOST": "127.0.0.1",
            "UNDERSIGNED_MAIL_PORT": str(self.port),
            "UNDERSIGNED_MAIL_SECURITY": "none",
            "UNDERSIGNED_MAIL_PACE": "0",
        }

    def lacks(self, mailboxes: set[str]) -> set[str]:
        """Those of `mailboxes` to which nothing was ever sent."""
        return mailboxes - self.taken.recipients.keys()


@contextmanager
def open_letterbox() -> Generator[Letterbox]:
    taken, port, loop = Taken(), free_port(), asyncio.new_event_loop()
    task = loop.create_task(serve(port, taken))

    def run() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            return

    thread = Thread(target=run)
    thread.start()
    until(lambda: is_listening(port), "the letterbox")
    try:
        yield Letterbox(port, taken)
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()
