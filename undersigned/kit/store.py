"""Where kits wait: a private folder beside the public one, one folder a letter, replaced as a whole.

`data/kits/{letter}/` holds the files as the public will find them, and `kit.json`, which tells from which state of the
records they were made. Nobody serves this folder; the bakery takes what may be public out of it.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self
from uuid import UUID

RECORD = "kit.json"


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a letter's records had come when its kit was made.

    `log_size` is None before the log opens; `log_root` is empty until a head of that size is signed.

    `changes` grows whenever something that may stand in a kit is corrected or taken away; `printer` names the program.
    """

    slug: str
    version: str
    revision: int
    listed: int
    changes: int
    log_size: int | None
    log_root: str
    release: str
    figure: int
    press: str
    printer: str

    def holds_for(self, other: Self) -> bool:
        """Whether a kit made at this stand says nothing that at the `other` one is not so any more."""
        mine = (self.slug, self.version, self.changes, self.release)
        return mine == (other.slug, other.version, other.changes, other.release)


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a kit: its name, for which language it is (empty: for all), its size and its SHA-256 in hex."""

    name: str
    language: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Kit:
    """What was made for a letter, and when. `unshown` are the characters that no font could show."""

    stand: Stand
    edition: int
    items: tuple[Item, ...]
    unshown: str
    made_at: str

    def item(self, name: str) -> Item | None:
        return next((item for item in self.items if item.name == name), None)


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of all kits. Written only by who holds `lock`."""

    root: Path

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One maker at a time, on this machine."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def find(self, letter: UUID) -> Kit | None:
        """The kit of a letter; None where none was made, or a crash left nothing that can be trusted."""
        try:
            return _kit(json.loads((self.place(letter) / RECORD).read_text()))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def read(self, letter: UUID, name: str) -> bytes | None:
        """The content of one file of a kit; None where there is no such file."""
        kit = self.find(letter)
        if kit is None or kit.item(name) is None:
            return None
        try:
            return (self.place(letter) / name).read_bytes()
        except OSError:
            return None

    def put(self, letter: UUID, kit: Kit, files: Mapping[str, bytes]) -> None:
        """Replace the kit of a letter, from one moment to the next."""
        draft, place, old = self.root / ".new", self.place(letter), self.root / ".old"
        for left in (draft, old):
            shutil.rmtree(left, ignore_errors=True)
        draft.mkdir(mode=0o700)
        for name, content in files.items():
            _write(draft / name, content)
        _write(draft / RECORD, json.dumps(asdict(kit), ensure_ascii=False, sort_keys=True, indent=1).encode())
        if place.exists():
            place.rename(old)
        draft.rename(place)
        shutil.rmtree(old, ignore_errors=True)

    def drop(self, letter: UUID) -> None:
        """Forget the kit of a letter: what cannot be made anew must not be shown any longer."""
        shutil.rmtree(self.place(letter), ignore_errors=True)

    def place(self, letter: UUID) -> Path:
        """The folder of the kit of a letter."""
        return self.root / str(letter)


def items_of(files: Mapping[str, bytes], languages: Mapping[str, str]) -> tuple[Item, ...]:
    """The files as a kit lists them; `languages` tells for which language a file is."""
    return tuple(
        Item(name, languages.get(name, ""), len(content), hashlib.sha256(content).hexdigest())
        for name, content in files.items()
    )


def _kit(raw: dict[str, Any]) -> Kit:
    items = tuple(Item(**item) for item in raw["items"])
    return Kit(Stand(**raw["stand"]), raw["edition"], items, raw["unshown"], raw["made_at"])


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
