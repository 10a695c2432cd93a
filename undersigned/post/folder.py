"""Mails as files, for the demonstration and for trying things out."""

import os
import re
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from undersigned.post.transport import Answer, Outcome, always
from undersigned.post.wire import Parcel

ATTEMPTS = 100


class FolderTransport:
    """Writes each message as a file of its own; the names tell the order, nothing of whom it is for."""

    eight_bit = True  # so that people, and searches for what must not be there, can read it

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hand_over(self, parcels: Sequence[Parcel], goes_on: Callable[[], bool] = always) -> list[Answer]:
        """On the disk when this returns TAKEN; a folder that cannot be written to is UNREACHABLE."""
        answers = [Answer(Outcome.UNTRIED)] * len(parcels)
        for place, parcel in enumerate(parcels):
            if not goes_on():
                break
            answers[place] = self._keep(parcel.message)
            if answers[place].outcome == Outcome.UNREACHABLE:
                break
        return answers

    def close(self) -> None:
        """Nothing to close."""

    def _keep(self, message: bytes) -> Answer:
        draft = self._folder / f".{secrets.token_hex(8)}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(draft, message)
        except OSError:  # such as a full disk
            draft.unlink(missing_ok=True)
            return Answer(Outcome.UNREACHABLE)
        try:
            self._give_number(draft)
        except OSError:
            return Answer(Outcome.UNKNOWN)
        finally:
            draft.unlink()
        return Answer(Outcome.TAKEN)

    def _give_number(self, draft: Path) -> None:
        for _ in range(ATTEMPTS):
            try:
                os.link(draft, self._folder / f"{self._last_number() + 1:06d}.eml")
            except FileExistsError:  # another sender took this number meanwhile
                continue
            _sync(self._folder)
            return
        raise FileExistsError(self._folder)

    def _last_number(self) -> int:
        names = (re.match(r"(\d+)\.eml$", name) for name in os.listdir(self._folder))
        return max((int(name[1]) for name in names if name), default=0)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
