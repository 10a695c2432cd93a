"""What is said with each file of the public folder: one table for our own server and for the examples for others."""

import re
from pathlib import PurePosixPath

from undersigned.kit.parcel import SUMS
from undersigned.ledger.tiles import PLACE
from undersigned.pages.assets import FOLDER
from undersigned.pages.letter import WORKER
from undersigned.pages.moved import UNTOLD
from undersigned.pages.packed import PACKED_ALREADY

# Our own scripts, the worker, and the tools by which people judge a page may fetch our own files, and nobody else's.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; worker-src 'self'; frame-ancestors 'none'"
)
POLICY_IN_FRAMES = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
SAFETY = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    # Not “no-referrer”: with it, browsers hide from a form's own site where the form came from.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
)
FRAMED = "/embed/"
"""In the path of the pages that other sites may show in a frame; they alone."""

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".xml": "application/xml; charset=utf-8",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".zip": "application/zip",
}
ASK_FIRST = "no-cache"
FOR_GOOD = "public, max-age=31536000, immutable"
A_MINUTE = "public, max-age=60, must-revalidate"
"""And not longer, even where we cannot be reached: a name may be withdrawn meanwhile (RFC 9111 §4.2.4)."""
GZIP_FROM_BYTES = 1024

CHECKPOINT = re.compile(r"[^/]+/log/checkpoint")
TILE = re.compile(rf"[^/]+/log/{PLACE.pattern}")
"""The files of a letter's log (c2sp.org/tlog-tiles), which have no suffix."""

WORKERS = re.compile(rf"[^/]+/{re.escape(WORKER)}")
"""The scripts that keep letters for readers without a connection: one beside each letter, and for it alone."""


def type_of(path: str) -> str | None:
    """The media type of a file of the folder; None where the folder does not give it out."""
    if CHECKPOINT.fullmatch(path) or PurePosixPath(path).name == SUMS:
        return TYPES[".txt"]
    if TILE.fullmatch(path):
        return "application/octet-stream"
    return None if path in UNTOLD else TYPES.get(PurePosixPath(path).suffix)


def safety_of(path: str) -> tuple[tuple[str, str], ...]:
    """What keeps a file from doing harm: it runs no script but those that lie beside it, and loads nothing else."""
    return (("Content-Security-Policy", POLICY_IN_FRAMES), *SAFETY[1:]) if FRAMED in path else SAFETY


def lifetime_of(path: str) -> str:
    """How long a copy of a file may be kept: names live a minute, what has its hash in its name for good.

    A tile never changes either. The head of a log does, and its file's time does not tell it. A worker is asked for
    anew each time, or one that is to go would stay.
    """
    if WORKERS.fullmatch(path):
        return ASK_FIRST
    if CHECKPOINT.fullmatch(path):
        return "no-store"
    return FOR_GOOD if path.startswith(f"{FOLDER}/") or TILE.fullmatch(path) else A_MINUTE


def packs(path: str, size: int) -> bool:
    """Whether a file of `size` bytes is packed for the wire where no packed variant lies beside it."""
    return size >= GZIP_FROM_BYTES and PurePosixPath(path).suffix not in PACKED_ALREADY


def wired(*headers: tuple[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as they go over the wire."""
    return [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers]
