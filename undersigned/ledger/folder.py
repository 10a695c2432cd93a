"""The published files of one log: entries, tiles, checkpoint and keys, each on the disk before the next is begun.

A crash at any step leaves files that no checkpoint speaks of yet; the next publication writes them again.
"""

import fcntl
import os
import shutil
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from undersigned.ledger.tiles import reach_of
from undersigned.lib.keys import file_name

CHECKPOINT, KEYS = "checkpoint", "keys.txt"
FILE_TIME = 946684800  # 2000-01-01: no file tells when somebody signed


@dataclass(frozen=True, slots=True)
class LogFolder:
    """The files of one log, in the folder `root`. Written only by who holds `lock`."""

    root: Path

    @classmethod
    def of(cls, logs: Path, origin: str) -> "LogFolder":
        """Where the log called `origin` lies among all `logs`."""
        return cls(logs / file_name(origin))

    @property
    def scratch(self) -> Path:
        return self.root.with_name(f".{self.root.name}")

    @contextmanager
    def lock(self) -> Generator[None]:
        """One publisher at a time, on this machine; what a crashed one was writing is swept up first."""
        self.root.parent.mkdir(parents=True, exist_ok=True)
        with self.root.with_name(f".{self.root.name}.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            self._sweep()
            yield
            self._sweep()

    def _sweep(self) -> None:
        if self.scratch.exists():
            shutil.rmtree(self.scratch)

    def read(self, path: str) -> bytes:
        """The file at `path`; else OSError."""
        return (self.root / path).read_bytes()

    def find(self, path: str) -> bytes:
        """The file at `path`; empty where there is none."""
        try:
            return self.read(path)
        except FileNotFoundError:
            return b""

    def reach(self) -> int:
        """How many entries there were at least when the files that lie here were written, whatever the head says."""
        return max((reach_of(path.relative_to(self.root).as_posix()) for path in self.root.rglob("*")), default=0)

    def put(self, files: Mapping[str, bytes]) -> None:
        """Have `files` on the disk, each in whole, with names and folders, before this returns."""
        self.scratch.mkdir(exist_ok=True)
        drafts = {self.root / path: self.scratch / str(number) for number, path in enumerate(files)}
        touched: set[Path] = set()
        for (place, draft), content in zip(drafts.items(), files.values(), strict=True):
            touched |= _make(place.parent)
            draft.write_bytes(content)
        for draft in drafts.values():  # all are written before the first is waited for: the disk takes them together
            _settle(draft)
        for place, draft in drafts.items():
            draft.replace(place)
        for folder in touched:
            _settle(folder)

    def remove(self, folders: Iterable[str]) -> None:
        """Remove these folders, where they are there."""
        for folder in folders:
            if (self.root / folder).exists():
                shutil.rmtree(self.root / folder)
                _settle((self.root / folder).parent)


def _make(folder: Path) -> set[Path]:
    """Make `folder` with those above it; the ones in which there is a new name, or soon will be."""
    if folder.exists():
        return {folder}
    touched = _make(folder.parent)
    folder.mkdir()
    return {folder, *touched}


def _settle(place: Path) -> None:
    """Have a file, or the names in a folder, on the disk, with a time that tells nothing."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.utime(descriptor, (FILE_TIME, FILE_TIME))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
