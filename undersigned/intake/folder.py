"""Serving the public folder out of memory: path → file, before the program is asked for anything.

Any web server can do the same; this one makes the program complete by itself. A copy in memory is compared with its
file at most LOOK_SECONDS after it last was; what takes long to read is read beside the loop, once, while all wait.
Packed variants are those that the bakery laid beside a file; small files, and logs, which grow without it, are packed
here.
"""

import asyncio
import gzip
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote

from undersigned.intake.codings import PLAIN, preferred
from undersigned.intake.headers import A_MINUTE, SAFETY, TYPES, WORKERS, lifetime_of, packs, safety_of, type_of, wired
from undersigned.intake.wire import Reply, Told
from undersigned.pages.moved import LIST, WITHDRAWN
from undersigned.pages.packed import SUFFIXES

LOOK_SECONDS = 0.1
COPIES = 4096
COPIES_BYTES = 256 * 1024 * 1024
"""How many files are kept ready in memory, and how large they may be together."""

LOCATION = b"location"
STORIES = "stories/"
Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Variant:
    """A file in one coding: the answer that it is, and the one to browsers that have it already (RFC 9110 §13.1.2)."""

    tag: bytes
    whole: Reply
    unchanged: Reply

    def reply(self, told: Told) -> Reply:
        known = told.get(b"if-none-match")
        return self.unchanged if known and (self.tag in known or known == b"*") else self.whole


@dataclass(slots=True)
class Copy:
    """A file as it was when it had this `stamp`, in each coding in which there is one. `good_until` is by the loop's
    clock; at `addresses` it is ready."""

    stamp: Stamp
    variants: Mapping[str, Variant]
    good_until: float = 0.0
    addresses: set[str] = field(default_factory=set)

    @property
    def content(self) -> bytes:
        return self.variants[PLAIN].whole.body

    @property
    def size(self) -> int:
        return sum(len(variant.whole.body) for variant in self.variants.values())

    def reply(self, told: Told) -> Reply:
        """What a browser that says this gets."""
        codings = preferred(told.get(b"accept-encoding", b""))
        return next(self.variants[coding] for coding in codings if coding in self.variants).reply(told)


@dataclass(slots=True)
class Folder:
    """The public folder at `root`, in the generation that it has when it is looked at. Belongs to one event loop.

    What is `ready` at an address is one of the `copies`, or made of one and of its bytes: only those are counted.
    """

    root: Path
    generation: str = ""
    look_at: float = 0.0
    ready: dict[str, Copy] = field(default_factory=dict)
    copies: dict[str, Copy] = field(default_factory=dict)
    size: int = 0
    loading: "dict[str, asyncio.Task[Copy | None]]" = field(default_factory=dict)

    async def reply(self, path: str, told: Told, at: float) -> Reply | None:
        """The file at this address, or the way to it; None where the folder has neither."""
        if at >= self.look_at:
            self._look(at)
        copy = self.ready.get(path)
        if copy is not None and at < copy.good_until:
            return copy.reply(told)
        return await self._find(path, told, at)

    async def _find(self, asked: str, told: Told, at: float) -> Reply | None:
        path = clean_path(asked)
        if path is None:
            return None
        # First, for at an old address lies a page for servers that cannot redirect. A worker's script cannot be: it
        # has to be there itself to end the worker that it replaces.
        moved = None if WORKERS.fullmatch(path) else await self._moved(path, at)
        if moved:
            return moved
        name = f"{path}index.html" if not path or path.endswith("/") else path
        copy = await self._copy(name, at) if type_of(name) else None
        if copy:
            answer = _gone(copy) if await self._is_withdrawn(name, at) else copy
            if self.copies.get(name) is copy:  # it may have made way for others already
                self.ready[asked] = answer
                copy.addresses.add(asked)
            return answer.reply(told)
        if name == path and await self._copy(f"{path}/index.html", at):
            return _redirect(308, f"/{path}/")
        return None

    async def _moved(self, path: str, at: float) -> Reply | None:
        """The way from a former address to today's, and from an edition of a kit to the newest one."""
        found = await self._copy(LIST, at)
        moved: Mapping[str, str] = json.loads(found.content) if found else {}
        parts = path.split("/")
        for length in (1, 2, 3):  # `slug/…`, `stories/slug/…`, `slug/kit/2/…`
            old, rest = "/".join(parts[:length]), "/".join(parts[length:])
            if old in moved:
                return _redirect(301, f"/{moved[old]}/{rest}")
        return None

    async def _is_withdrawn(self, name: str, at: float) -> bool:
        """Whether a file is what is left of a withdrawn story."""
        if not name.startswith(STORIES):
            return False
        found = await self._copy(WITHDRAWN, at)
        return found is not None and "/".join(name.split("/")[:2]) in json.loads(found.content)

    def _look(self, at: float) -> None:
        """See which generation is public; copies of another one are worth nothing."""
        self.look_at = at + LOOK_SECONDS
        generation = os.path.realpath(self.root)
        if generation != self.generation:
            self.generation = generation
            self.ready.clear()
            self.copies.clear()
            self.size = 0

    async def _copy(self, path: str, at: float) -> Copy | None:
        """The file at `path` below the generation, read anew when it was replaced."""
        known = self.copies.get(path)
        stamp = _stamp(f"{self.generation}/{path}")
        if stamp is None:
            self._forget(path)
            return None
        if known is None or known.stamp != stamp:
            known = await self._load(path)
        if known:
            known.good_until = at + LOOK_SECONDS
        return known

    async def _load(self, path: str) -> Copy | None:
        """Read a file beside the loop; whoever asks for it meanwhile waits for the same reading."""
        task = self.loading.get(path)
        if task is None:
            task = asyncio.ensure_future(self._read(path))
            self.loading[path] = task
            task.add_done_callback(lambda _: self.loading.pop(path, None))
        return await asyncio.shield(task)  # the others wait on, when one of them hangs up

    async def _read(self, path: str) -> Copy | None:
        generation = self.generation
        read = partial(read_copy, f"{generation}/{path}", path)
        copy = await asyncio.get_running_loop().run_in_executor(None, read)
        if copy and generation == self.generation:
            self._keep(path, copy)
        return copy

    def _keep(self, path: str, copy: Copy) -> None:
        self._forget(path)
        self.copies[path] = copy
        self.size += copy.size
        while len(self.copies) > COPIES or self.size > COPIES_BYTES:
            self._forget(next(iter(self.copies)))

    def _forget(self, path: str) -> None:
        known = self.copies.pop(path, None)
        if known:
            self.size -= known.size
            for address in known.addresses:
                self.ready.pop(address, None)


def clean_path(path: str) -> str | None:
    """The path below the folder that an address means, without its first slash; None if it could lead out of there."""
    parts = path.removeprefix("/").split("/")
    if any(part.startswith(".") or "\\" in part or "\0" in part for part in parts) or "" in parts[:-1]:
        return None
    return "/".join(parts)


def read_copy(place: str, path: str) -> Copy | None:
    """The file at `place`, which is `path` in the folder, made ready for answers; None where there is none."""
    try:
        with Path(place).open("rb") as file:
            stamp = _stamp(file.fileno())
            content = file.read()
    except (OSError, ValueError):
        return None
    if stamp is None:
        return None
    return Copy(stamp, {coding: _variant(path, coding, body) for coding, body in _codings(place, path, content)})


def _codings(place: str, path: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The file plain, and packed as it lies beside it.

    Read after the file itself: a baker replaces variants first, so that they are not older than what was read.
    """
    yield PLAIN, content
    for coding, suffix in SUFFIXES.items():
        try:
            yield coding, Path(place + suffix).read_bytes()
        except OSError:
            if coding == "gzip" and packs(path, len(content)):
                yield coding, gzip.compress(content, 6, mtime=0)


def _variant(path: str, coding: str, body: bytes) -> Variant:
    """Each sequence of bytes has its own tag (RFC 9110 §8.8.3.3)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    facts = (("ETag", tag), ("Cache-Control", lifetime_of(path)), ("Vary", "Accept-Encoding"), *safety_of(path))
    more = (("Content-Encoding", coding),) if coding else ()
    whole = (*facts, *more, ("Content-Type", type_of(path) or ""), ("Content-Length", str(len(body))))
    return Variant(tag.encode(), Reply(200, wired(*whole), body), Reply(304, wired(*facts)))


def _gone(copy: Copy) -> Copy:
    """The same file, for what it tells of and not for itself: each time in whole, as what is gone."""
    variants = {}
    for coding, variant in copy.variants.items():
        told = Reply(410, variant.whole.headers, variant.whole.body)
        variants[coding] = Variant(variant.tag, told, told)
    return Copy(copy.stamp, variants, copy.good_until)


def not_found(content: bytes) -> Reply:
    """The one answer to whatever leads nowhere; no cache keeps it, for the address may lead somewhere tomorrow."""
    length = ("Content-Length", str(len(content)))
    return Reply(404, wired(("Content-Type", TYPES[".html"]), length, ("Cache-Control", "no-store"), *SAFETY), content)


def _redirect(status: int, href: str) -> Reply:
    facts = (("Location", quote(href)), ("Content-Length", "0"), ("Cache-Control", A_MINUTE), *SAFETY)
    return Reply(status, wired(*facts))


def with_query(moved: Reply, query: bytes) -> Reply:
    """A redirect that takes along what stood behind the address: by which way a shared link went, for one."""
    headers = [(name, value + b"?" + query if name == LOCATION else value) for name, value in moved.headers]
    return Reply(moved.status, headers, moved.body)


def _stamp(place: str | int) -> Stamp | None:
    """What changes when a file is replaced; None where no file is."""
    try:
        found = os.stat(place)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    # The time of the last change of status too: the files of a log all bear one time of writing.
    return (found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size)
