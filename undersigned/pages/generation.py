"""The public folder: a symlink to the newest of a few generations, each a whole folder that is switched to at once.

`data/public` → `data/generations/7/`; beside it `6/`, for readers who are in the middle of it, and `.scratch/`, where
files and generations are prepared. A crash at any step leaves the folder as it was; the next baker sweeps up, which
costs a walk through everything and is therefore done only where `.unfinished` stands. The
older generation holds nothing that the newer one does not: what was withdrawn is on no disk of ours. What grows by
itself, as the logs do, lies beside the generations; what of it is to be public has a link in each of them.

Packed variants (`pages.packed`) come and go with their file, and are no files of their own for those who ask which
there are. A file is replaced after its variants: where it is what it should be, they are too.
"""

import fcntl
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from undersigned.pages import packed
from undersigned.pages.recalls import Recalls

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
    """The public folder at `root`. Written only by who holds `lock`.

    If it `keeps_recalls`, what each bake has touched is written down for the caches in front.
    """

    root: Path
    keeps_recalls: bool = False

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
    def _served(self) -> str:
        """Where the current generation lies, for what is asked of many files: joining paths is slow. "" before the
        first one."""
        return str(self.current or "")

    @property
    def unfinished(self) -> Path:
        """Stands while something is being changed: whoever finds it sweeps up after a baker that crashed. It lists the
        files that change, from before the first of them does."""
        return self.generations / ".unfinished"

    @property
    def recalls(self) -> Recalls:
        """What bakes have touched, as far as no cache was told of it yet."""
        return Recalls(self.generations / ".recalls")

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
        """The files of the current generation, relative to it, without their variants; only those in the folder
        `under`."""
        folder = self.current / under if self.current else None
        found = _paths(folder) if folder and folder.is_dir() else ()
        return {f"{under}{path}" for path in found if not packed.is_variant(path)}

    def has(self, path: str) -> bool:
        """Whether the current generation has this file."""
        return os.path.isfile(f"{self._served}/{path}")

    def links(self) -> dict[str, str]:
        """The links of the current generation, each with the relative path to which it leads."""
        return _links(self.current) if self.current else {}

    def put_aside(self, path: str, content: bytes) -> Content:
        """What is to be published at `path`, on the disk and not in memory; the next `publish` takes or drops it."""
        place = Path(self._ready(path))
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
            self._sync_staged(changed)
            self._announce({*changed, *vanishing})
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

    def _ready(self, path: str) -> str:
        """Where the file that is to stand at `path` lies ready. In one folder, whose entries cost least."""
        return f"{self.scratch}/{sha256(path.encode()).hexdigest()}"

    def _begin(self) -> None:
        _write(self.unfinished, b"")
        settle(self.generations)

    def _announce(self, touched: Iterable[str]) -> None:
        """Write down what is about to change, for whoever finds it half done."""
        _write(self.unfinished, "".join(f"{path}\n" for path in sorted(touched)).encode())

    def _end(self) -> None:
        """Only after everything is in its place; what is left in the scratch folder was put aside, and is as it was."""
        for left in os.scandir(self.scratch):
            os.unlink(left.path)
        self._recall()

    def _recall(self) -> None:
        """What was touched is live now, as far as it ever will be: that is told, and nothing is unfinished."""
        if self.keeps_recalls and self.unfinished.stat().st_size:
            self.recalls.add(self.unfinished)
            settle(self.generations)
        else:
            self.unfinished.unlink()

    def _stage(self, path: str, content: Content) -> bool:
        """Have a file and its variants lie ready beside the public folder, unless the same one stands there with its
        own; whether it is to change."""
        held = content.read_bytes() if isinstance(content, Path) else content
        if self._holds(path, held):
            return False
        ready = packed.variants(path, held)
        for name, written in ready if isinstance(content, Path) else ((path, held), *ready):
            with open(self._ready(name), "wb") as file:
                file.write(written)
        return True

    def _sync_staged(self, changed: Iterable[str]) -> None:
        """Have what lies ready on the disk, before any of it takes the place of what is served."""
        _sync([place for place in map(self._ready, _with_variants(changed)) if os.path.exists(place)])

    def _holds(self, path: str, content: bytes) -> bool:
        served = self._served
        try:
            with open(f"{served}/{path}", "rb") as file:
                is_same = bool(served) and file.read() == content
        except (FileNotFoundError, NotADirectoryError):
            return False
        is_packed = packed.packs(path, len(content))
        return is_same and not (is_packed and any(not os.path.isfile(f"{served}/{n}") for n in packed.names(path)))

    def _replace(self, changed: Iterable[str]) -> None:
        """Replace files of the current generation, one by one; each is there in whole at any moment.

        First the variants of a file, then itself: until it is the new one, it counts as changed.
        """
        served = self._served
        for path in changed:
            for name in packed.names(path):
                if os.path.exists(self._ready(name)):
                    os.replace(self._ready(name), f"{served}/{name}")
                elif os.path.exists(f"{served}/{name}"):
                    os.unlink(f"{served}/{name}")
            os.replace(self._ready(path), f"{served}/{path}")
        _sync({os.path.dirname(f"{served}/{path}") for path in changed})

    def _prepare(self, changed: Iterable[str], gone: set[str], links: Mapping[str, str]) -> Path:
        """A new generation in full, beside the public folder: unchanged files are links to those that are there."""
        draft = self.scratch / "generation"
        draft.mkdir()
        former = _paths(self.current) if self.current else set()
        for path in sorted(former - _with_variants({*gone, *changed})):
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            os.link(_existing(self.current) / path, draft / path)
        for path in sorted(_with_variants(changed)):
            if os.path.exists(self._ready(path)):
                (draft / path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(self._ready(path), draft / path)
        for path, target in sorted(links.items()):
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (draft / path).symlink_to(target)
        _sync([Path(folder) for folder, _folders, _files in os.walk(draft)])
        place = self.generations / str(self._next_number())
        draft.rename(place)
        settle(self.generations)
        return place

    def _switch(self, generation: Path) -> None:
        """From one moment to the next, everything in `generation` is public, and nothing else."""
        self._make_way()
        link = self.scratch / "link"
        link.symlink_to(os.path.relpath(generation, self.root.parent))
        link.replace(self.root)
        settle(self.root.parent)

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
                self._tidy(f"{generation}/{path}", f"{self._served}/{path}")

    def _tidy(self, old: str, new: str) -> None:
        """Have `old` be what `new` is: the same file, or none. Readers of an older generation need no variants."""
        if not os.path.exists(old):
            return
        if not os.path.exists(new) or packed.is_variant(old):
            os.unlink(old)
        elif not os.path.samefile(old, new):
            os.link(new, self.scratch / "file")
            os.replace(self.scratch / "file", old)

    def _sweep(self) -> None:
        """Remove what was being prepared, and generations that were never switched to."""
        if self.scratch.exists():
            shutil.rmtree(self.scratch)
        newest = int(self.current.name) if self.current else 0
        for generation in self._numbered():
            if int(generation.name) > newest:
                shutil.rmtree(generation)
        self.scratch.mkdir()
        self._drop_doubtful()
        self._tidy_older()
        if self.unfinished.exists():
            self._recall()

    def _drop_doubtful(self) -> None:
        """Remove the variants of files that were being replaced: they may hold what their file does not. The next bake
        makes them anew."""
        if self.current and self.unfinished.exists():
            for path in self.unfinished.read_text().splitlines():
                for name in packed.names(path):
                    (self.current / name).unlink(missing_ok=True)

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


def _with_variants(paths: Iterable[str]) -> set[str]:
    return {one for path in paths for one in (path, *packed.names(path))}


def _links(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): os.readlink(path) for path in _inside(folder) if path.is_symlink()}


def _inside(folder: Path) -> Iterator[Path]:
    """All that lies in `folder`, without going through links."""
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))


def _write(path: Path | str, content: bytes) -> None:
    """Write a file that is on the disk when this returns."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(places: Collection[Path | str]) -> None:
    """Have files, and the entries of folders, on the disk; many of them all at once, which singly would take hours."""
    if len(places) > SINGLY:
        os.sync()  # on Linux it returns when everything is written
        return
    for place in places:
        settle(place)


def settle(place: Path | str) -> None:
    """Have a file, or the entries of a folder, on the disk."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
