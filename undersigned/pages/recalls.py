"""Which addresses caches are to forget: written down by each bake as it goes live, kept until a command has told them.

One small file a bake, in a folder beside the generations. Told twice is well, told never is not.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

LONGEST_WAIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Failure:
    """How often in a row the caches could not be told, and when last."""

    times: int
    at: datetime

    @property
    def again_at(self) -> datetime:
        """When to try again: after a second, two, four, up to a minute."""
        return self.at + min(timedelta(seconds=2 ** min(self.times - 1, 10)), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Recalls:
    """The recalls in `folder`. Bakers add to them, one at a time; they are taken away in a `turn`."""

    folder: Path

    def add(self, listed: Path) -> None:
        """Take over this file, which lists paths of the public folder, one a line."""
        self.folder.mkdir(exist_ok=True)
        newest = max((int(path.name) for path in self.waiting()), default=0)
        listed.replace(self.folder / str(newest + 1))

    def waiting(self) -> list[Path]:
        """The recalls that nobody was told of yet, oldest first."""
        found = (path for path in _inside(self.folder) if path.name.isdecimal())
        return sorted(found, key=lambda path: int(path.name))

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether we may tell, while nobody else does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def settle(self, told: list[Path]) -> None:
        """These have been told."""
        for path in told:
            path.unlink()
        self._failed.unlink(missing_ok=True)

    def fail(self, at: datetime) -> None:
        """They could not be told."""
        failure = self.failure()
        draft = self._failed.with_suffix(".new")
        draft.write_text(json.dumps({"times": failure.times + 1 if failure else 1, "at": at.isoformat()}))
        draft.replace(self._failed)

    def failure(self) -> Failure | None:
        """How it went last; None if it went well."""
        try:
            found = json.loads(self._failed.read_text())
            return Failure(int(found["times"]), datetime.fromisoformat(found["at"]))
        except (OSError, ValueError):  # half written when the power went: it will fail again, or not
            return None

    @property
    def _failed(self) -> Path:
        return self.folder / ".failed"


def addresses(recalls: list[Path]) -> list[str]:
    """The addresses in these recalls, each once: `/letter/en/`."""
    paths = {path for recall in recalls for path in recall.read_text().splitlines()}
    return sorted(quote(f"/{_address(path)}") for path in paths)


def _address(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return path if name != "index.html" else f"{folder}/" if folder else ""


def _inside(folder: Path) -> Iterator[Path]:
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    yield from (folder / name for name in names)
