"""A disk that keeps for certain only what it was told to wait for, under a publisher that must not build on less."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from undersigned.ledger.folder import FILE_TIME

STAGES = ("tile/entries", "tile", "keys.txt", "checkpoint")


@dataclass
class Disk:
    """What is done to the files of the log in `root`, and what of it a power cut might still undo.

    `whole` are the files and folders that were waited for, `timeless` those that tell no time; `names` are new and not
    waited for yet, `made` are folders for the next files. `stages` are the stages of publishing, in their order.
    """

    root: Path
    whole: set[Path] = field(default_factory=set)
    timeless: set[Path] = field(default_factory=set)
    names: set[Path] = field(default_factory=set)
    made: set[Path] = field(default_factory=set)
    stages: list[str] = field(default_factory=list)

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        for place, name, note in (
            (os, "utime", self._utime),
            (os, "fsync", self._fsync),
            (os, "mkdir", self._mkdir),
            (os, "replace", self._replace),
            (shutil, "rmtree", self._rmtree),
        ):
            patch.setattr(place, name, _noting(note, getattr(place, name)))

    def _utime(self, descriptor: int, times: tuple[int, int]) -> None:
        if times == (FILE_TIME, FILE_TIME):
            self.timeless.add(_opened(descriptor))

    def _fsync(self, descriptor: int) -> None:
        place = _opened(descriptor)
        if place in self.timeless:
            self.whole.add(place)
            self.names -= {name for name in self.names if name.parent == place}

    def _mkdir(self, place: Path, *_: object) -> None:
        if Path(place).is_relative_to(self.root):
            self.made.add(Path(place))

    def _replace(self, draft: Path, place: Path) -> None:
        assert Path(draft) in self.whole, f"{place} is put up before its content is on the disk"
        self.whole.discard(Path(draft))
        self.timeless.discard(Path(draft))
        self._reach(self._stage(Path(place)))
        self._name(Path(place))

    def _rmtree(self, place: Path) -> None:
        if Path(place).is_relative_to(self.root):
            self._reach("removed")
            self._name(Path(place))

    def _name(self, place: Path) -> None:
        """`place` is a new name, or one that is gone, as are those of the folders that were made for it."""
        self.names |= {place, *self.made}
        self.timeless -= {name.parent for name in self.names}
        self.made.clear()

    def _stage(self, place: Path) -> str:
        path = place.relative_to(self.root).as_posix()
        return next(stage for stage in STAGES if path.startswith(stage))

    def _reach(self, stage: str) -> None:
        if self.stages[-1:] == [stage]:
            return
        assert not self.names, f"{stage} begins before {self.names} are on the disk"
        self.stages.append(stage)


def _noting(note: Callable[..., None], act: Callable[..., Any]) -> Callable[..., Any]:
    def noting(*args: Any, **options: Any) -> Any:
        note(*args)
        return act(*args, **options)

    return noting


def _opened(descriptor: int) -> Path:
    return Path(os.readlink(f"/proc/self/fd/{descriptor}"))
