"""The published files of one log: entries, tiles, checkpoint and keys, each on the disk before the next is begun.

A crash at any step leaves files that no checkpoint speaks of yet; the next publication writes them again.
"""

import fcntl
import os
import shutil
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from undersigned.ledger.merkle import HASH_BYTES
from undersigned.ledger.tiles import WIDTH, bundle_path, levels_of, reach_of, tile_path, tiles_of
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

    def lacks(self, size: int) -> Iterator[str]:
        """The bundles and tiles of a log of `size` entries that are not here as long as they must be; reads none."""
        for number, width in tiles_of(0, size):
            if not (self._length(bundle_path(number, width)) or self._length(bundle_path(number))):
                yield bundle_path(number, width)
        for level in range(levels_of(size)):
            for number, width in tiles_of(level, size):
                lengths = (self._length(tile_path(level, number, width)), self._length(tile_path(level, number)))
                if lengths[0] != width * HASH_BYTES and lengths[1] != WIDTH * HASH_BYTES:
                    yield tile_path(level, number, width)

    def _length(self, path: str) -> int:
        """The bytes in the file at `path`; none where there is no file."""
        try:
            return (self.root / path).stat().st_size
        except FileNotFoundError:
            return 0

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
