"""Serving the public folder: path → file, before Django is asked for anything.

Any web server can do the same; this one makes the program complete by itself. Whatever leads nowhere, here or in
Django, gets one answer: the same bytes and the same headers.
"""

import gzip
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, runtime_checkable
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from undersigned.pages.assets import FOLDER
from undersigned.pages.moved import LIST

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFETY = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    # Not “no-referrer”: with it, browsers hide from a form's own site where the form came from.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
)
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOR_GOOD = "public, max-age=31536000, immutable"
A_MINUTE = "public, max-age=60"
GZIP_FROM_BYTES = 1024
COPIES = 512
"""How many files are kept ready in memory."""

BEHIND_A_DOOR = ("/desk/", "/accounts/")
"""Where only desk users come, who are told in their own way that something is not there."""
UNTOLD = frozenset({LIST, "404.html"})
"""Files that serve the server."""

NOUGHT = re.compile(r"q=0(\.0{0,3})?")

Headers = list[tuple[str, str]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


@runtime_checkable
class Closing(Protocol):
    """An answer that wants to be closed when it is not sent."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Copy:
    """A file as it was when it had this `stamp`; compressed where that saves anything."""

    stamp: tuple[int, int, int]
    content: bytes
    packed: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to the browser."""

    status: str
    headers: Headers
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Serve:
    """A WSGI application: files of the folder at `root`, then `inner`; what neither has is answered by `missing`."""

    inner: WSGIApplication
    root: Path
    missing: bytes
    copies: dict[Path, Copy] = field(default_factory=dict)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        reply = self._from_folder(environ)
        if reply is None:
            return _Inner(self).ask(environ, start_response)
        start_response(reply.status, reply.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.content]

    def not_found(self) -> Reply:
        """The one answer to whatever leads nowhere; no cache keeps it, for the address may lead somewhere tomorrow."""
        headers = [
            ("Content-Type", TYPES[".html"]),
            ("Content-Length", str(len(self.missing))),
            ("Cache-Control", "no-store"),
            *SAFETY,
        ]
        return Reply("404 Not Found", headers, self.missing)

    def _from_folder(self, environ: WSGIEnvironment) -> Reply | None:
        """The file at this address, or the way to it; None where the folder has neither."""
        path = clean_path(environ.get("PATH_INFO", ""))
        if path is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        if not path or path.endswith("/"):
            found = self._copy(f"{path}index.html")
            return _file(f"{path}index.html", found, environ) if found else self._moved(path)
        found = self._copy(path)
        if found:
            return _file(path, found, environ)
        if self._copy(f"{path}/index.html"):
            return _redirect("308 Permanent Redirect", f"/{path}/")
        return self._moved(path)

    def _moved(self, path: str) -> Reply | None:
        """The way from a former slug to today's."""
        slug, _, rest = path.partition("/")
        found = self._copy(LIST)
        moved: Mapping[str, str] = json.loads(found.content) if found else {}
        return _redirect("301 Moved Permanently", f"/{moved[slug]}/{rest}") if slug in moved else None

    def _copy(self, path: str) -> Copy | None:
        """The file at `path`, read anew when it was replaced."""
        place = self.root / path
        try:
            with place.open("rb") as file:
                status = _stat(file.fileno())
                known = self.copies.get(place)
                if known and known.stamp == status:
                    return known
                return self._keep(place, status, file.read())
        except (OSError, ValueError):
            self.copies.pop(place, None)
            return None

    def _keep(self, place: Path, stamp: tuple[int, int, int], content: bytes) -> Copy:
        if len(self.copies) >= COPIES:
            self.copies.clear()
        packed = gzip.compress(content, 6, mtime=0) if len(content) >= GZIP_FROM_BYTES else b""
        tag = hashlib.sha256(content).hexdigest()[:32]
        self.copies[place] = Copy(stamp, content, packed, tag)
        return self.copies[place]


@dataclass(slots=True)
class _Inner:
    """One request that the folder could not answer: Django's answer, or ours where Django has none either."""

    outer: Serve
    status: str = ""
    headers: Headers = field(default_factory=list)

    def ask(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = self.outer.inner(environ, self._start)
        if not self.status.startswith("404") or environ.get("PATH_INFO", "").startswith(BEHIND_A_DOOR):
            start_response(self.status, self.headers)
            return found
        if isinstance(found, Closing):
            found.close()
        reply = self.outer.not_found()
        start_response(reply.status, reply.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.content]

    def _start(self, status: str, headers: Headers, exc_info: ExcInfo | None = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return _refuse_to_write


def clean_path(path: str) -> str | None:
    """The path below the folder that an address means, without its first slash; None if it could lead out of there."""
    try:
        text = path.encode("latin-1").decode()  # WSGI hands bytes over as if they were Latin-1 (PEP 3333)
    except UnicodeError:
        return None
    parts = text.removeprefix("/").split("/")
    if any(part.startswith(".") or "\\" in part or "\0" in part for part in parts) or "" in parts[:-1]:
        return None
    return "/".join(parts)


def _file(path: str, copy: Copy, environ: WSGIEnvironment) -> Reply | None:
    """The answer that is a file; None for kinds of files that the folder does not give out."""
    kind = TYPES.get(Path(path).suffix)
    if kind is None or path in UNTOLD:
        return None
    packs = bool(copy.packed) and _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    tag = f'"{copy.tag}-gz"' if packs else f'"{copy.tag}"'  # two byte sequences, two tags (RFC 9110 §8.8.3.3)
    headers = [("ETag", tag), ("Cache-Control", FOR_GOOD if path.startswith(f"{FOLDER}/") else A_MINUTE)]
    headers += [("Vary", "Accept-Encoding"), *SAFETY]
    if copy.tag in environ.get("HTTP_IF_NONE_MATCH", ""):
        return Reply("304 Not Modified", headers)
    content = copy.packed if packs else copy.content
    headers += [("Content-Encoding", "gzip")] if packs else []
    headers += [("Content-Type", kind), ("Content-Length", str(len(content)))]
    return Reply("200 OK", headers, content)


def _takes_gzip(accepted: str) -> bool:
    """Whether a browser names gzip among what it takes, and not with a quality of nought (RFC 9110 §12.5.3)."""
    codings = (part.replace(" ", "").partition(";") for part in accepted.lower().split(","))
    return any(name == "gzip" and not NOUGHT.fullmatch(quality) for name, _, quality in codings)


def _redirect(status: str, href: str) -> Reply:
    return Reply(status, [("Location", quote(href)), ("Content-Length", "0"), ("Cache-Control", A_MINUTE), *SAFETY])


def _stat(descriptor: int) -> tuple[int, int, int]:
    found = os.fstat(descriptor)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _refuse_to_write(_content: bytes) -> object:
    raise NotImplementedError("Django returns its answers, it does not write them")
