"""The public folder: a symlink to the newest of a few generations, each a whole folder that is switched to at once.

`data/public` → `data/generations/7/`; beside it `6/`, for readers who are in the middle of it, and `.scratch/`, where
files and generations are prepared. A crash at any step leaves the folder as it was; the next baker sweeps up, which
costs a walk through everything and is therefore done only where `.unfinished` stands. The
older generation holds nothing that the newer one does not: what was withdrawn is on no disk of ours. What grows by
itself, as the logs do, lies beside the generations; what of it is to be public has a link in each of them.
"""

import fcntl
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

KEPT = 2
"""How many generations stay: the one that is served, and the one before it."""
SINGLY = 500
"""Up to so many files are brought to the disk one by one; more of them, together."""

Content = bytes | Path
"""What a file is to hold; or where that was put aside already."""
Files = Mapping[str, Content]
Links = Mapping[str, Path]
"""Addresses below the public root, and the folders to be found there."""


class NotOurs(Exception):
    """In the place of the public folder stands something that no bakery made."""


@dataclass(frozen=True, slots=True)
class PublicFolder:
    """The public folder at `root`. Written only by who holds `lock`."""

    root: Path

    @property
    def generations(self) -> Path:
        return self.root.parent / "generations"

    @property
    def scratch(self) -> Path:
        return self.generations / ".scratch"

    @property
    def current(self) -> Path | None:
        """The generation that is served; None before the first one."""
        return self.generations / os.readlink(self.root).rpartition("/")[2] if self.root.is_symlink() else None

    @property
    def unfinished(self) -> Path:
        """Stands while something is being changed: whoever finds it sweeps up after a baker that crashed."""
        return self.generations / ".unfinished"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One baker at a time, on this machine; what a crashed one left behind is swept up first."""
        self.generations.mkdir(parents=True, exist_ok=True)
        with (self.generations / ".lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if self.unfinished.exists() or not self.scratch.exists() or any(self.scratch.iterdir()):
                self._sweep()
            yield

    def paths(self, under: str = "") -> set[str]:
        """The files of the current generation, relative to it; only those in the folder `under`."""
        folder = self.current / under if self.current else None
        return {f"{under}{path}" for path in _paths(folder)} if folder and folder.is_dir() else set()

    def has(self, path: str) -> bool:
        """Whether the current generation has this file."""
        return self.current is not None and (self.current / path).is_file()

    def links(self) -> dict[str, str]:
        """The links of the current generation, each with the relative path to which it leads."""
        return _links(self.current) if self.current else {}

    def put_aside(self, path: str, content: bytes) -> Content:
        """What is to be published at `path`, on the disk and not in memory; the next `publish` takes or drops it."""
        place = self.scratch / "aside" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return place

    def publish(self, files: Files, gone: Iterable[str] = (), links: Links | None = None) -> bool:
        """Make `files` public and take `gone` away; whether anything changed.

        `links`, if given, are all there are to be. What changes only in content is replaced file by file. New or
        vanishing files and links appear or vanish together, by a switch to a new generation.
        """
        self._begin()
        wanted = None if links is None else {path: self._leading_to(target, path) for path, target in links.items()}
        changed = [path for path, content in files.items() if self._stage(path, content)]
        vanishing = {path for path in gone if self.has(path)} - set(files)
        is_new = not self.current or (wanted is not None and wanted != self.links())
        if changed or vanishing or is_new:
            _sync([self.scratch / "changed" / path for path in changed])
            if vanishing or is_new or not all(map(self.has, changed)):
                self._switch(self._prepare(changed, vanishing, self.links() if wanted is None else wanted))
                self._tidy_older()
            else:
                self._replace(changed)
                self._tidy_older(changed)
        self._end()
        return bool(changed or vanishing or is_new)

    def _leading_to(self, target: Path, path: str) -> str:
        """What a link at `path` says to lead to `target`, in whichever generation it is."""
        return os.path.relpath(target, (self.generations / "0" / path).parent)

    def _begin(self) -> None:
        _write(self.unfinished, b"")
        _sync_one(self.generations)

    def _end(self) -> None:
        """Only after everything is in its place; what is left in the scratch folder is empty."""
        shutil.rmtree(self.scratch)
        self.scratch.mkdir()
        self.unfinished.unlink()

    def _stage(self, path: str, content: Content) -> bool:
        """Have a file lie ready beside the public folder, unless the same one stands there; whether it is to change."""
        place = self.scratch / "changed" / path
        if self._holds(path, content.read_bytes() if isinstance(content, Path) else content):
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            content.replace(place)
        else:
            place.write_bytes(content)
        return True

    def _holds(self, path: str, content: bytes) -> bool:
        try:
            return self.current is not None and (self.current / path).read_bytes() == content
        except (FileNotFoundError, NotADirectoryError):
            return False

    def _replace(self, changed: Iterable[str]) -> None:
        """Replace files of the current generation, one by one; each is there in whole at any moment."""
        generation = _existing(self.current)
        for path in changed:
            (self.scratch / "changed" / path).replace(generation / path)
        _sync({(generation / path).parent for path in changed})

    def _prepare(self, changed: Iterable[str], gone: set[str], links: Mapping[str, str]) -> Path:
        """A new generation in full, beside the public folder: unchanged files are links to those that are there."""
        draft = self.scratch / "generation"
        draft.mkdir()
        for path in sorted(self.paths() - gone - set(changed)):
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            os.link(_existing(self.current) / path, draft / path)
        for path in sorted(changed):
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (self.scratch / "changed" / path).replace(draft / path)
        for path, target in sorted(links.items()):
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (draft / path).symlink_to(target)
        _sync([Path(folder) for folder, _folders, _files in os.walk(draft)])
        place = self.generations / str(self._next_number())
        draft.rename(place)
        _sync_one(self.generations)
        return place

    def _switch(self, generation: Path) -> None:
        """From one moment to the next, everything in `generation` is public, and nothing else."""
        self._make_way()
        link = self.scratch / "link"
        link.symlink_to(os.path.relpath(generation, self.root.parent))
        link.replace(self.root)
        _sync_one(self.root.parent)

    def _make_way(self) -> None:
        """An empty folder may stand where the link is to stand; anything else is not ours to remove."""
        if self.root.is_symlink() or not self.root.exists():
            return
        try:
            self.root.rmdir()
        except OSError:
            raise NotOurs(f"{self.root} is there and not empty: move it away, or set UNDERSIGNED_PUBLIC") from None

    def _tidy_older(self, changed: Iterable[str] | None = None) -> None:
        """Remove older generations but the last ones, and from these what the current one does not hold any more.

        Only `changed` is looked at, where nothing else can differ.
        """
        older = [generation for generation in self._numbered() if generation != self.current]
        for generation in older[: -(KEPT - 1)]:
            shutil.rmtree(generation)
        kept = self.links() if changed is None else {}
        for generation in older[-(KEPT - 1) :]:
            for path in _links(generation).keys() - kept.keys() if changed is None else ():
                (generation / path).unlink()
            for path in _paths(generation) if changed is None else changed:
                self._tidy(generation / path, _existing(self.current) / path)

    def _tidy(self, old: Path, new: Path) -> None:
        """Have `old` be what `new` is: the same file, or none."""
        if not old.exists():
            return
        if not new.exists():
            old.unlink()
        elif not old.samefile(new):
            os.link(new, self.scratch / "file")
            (self.scratch / "file").replace(old)

    def _sweep(self) -> None:
        """Remove what was being prepared, and generations that were never switched to."""
        if self.scratch.exists():
            shutil.rmtree(self.scratch)
        newest = int(self.current.name) if self.current else 0
        for generation in self._numbered():
            if int(generation.name) > newest:
                shutil.rmtree(generation)
        self.scratch.mkdir()
        self._tidy_older()
        self.unfinished.unlink(missing_ok=True)

    def _numbered(self) -> list[Path]:
        """All generations, oldest first."""
        folders = (path for path in self.generations.iterdir() if path.name.isdecimal())
        return sorted(folders, key=lambda path: int(path.name))

    def _next_number(self) -> int:
        return max((int(path.name) for path in self._numbered()), default=0) + 1


def _existing(generation: Path | None) -> Path:
    if generation is None:
        raise FileNotFoundError("there is no generation yet")
    return generation


def _paths(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in _inside(folder) if path.is_file()}


def _links(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): os.readlink(path) for path in _inside(folder) if path.is_symlink()}


def _inside(folder: Path) -> Iterator[Path]:
    """All that lies in `folder`, without going through links."""
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))


def _write(path: Path, content: bytes) -> None:
    """Write a file that is on the disk when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(places: Collection[Path]) -> None:
    """Have files, and the entries of folders, on the disk; many of them all at once, which singly would take hours."""
    if len(places) > SINGLY:
        os.sync()  # on Linux it returns when everything is written
        return
    for place in places:
        _sync_one(place)


def _sync_one(place: Path) -> None:
    """Have a file, or the entries of a folder, on the disk."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
