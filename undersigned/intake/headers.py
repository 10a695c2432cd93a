"""What is said with each file of the public folder: one table for our own server and for the examples for others."""

from pathlib import PurePosixPath

from undersigned.pages.assets import FOLDER
from undersigned.pages.moved import LIST

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
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
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOR_GOOD = "public, max-age=31536000, immutable"
A_MINUTE = "public, max-age=60"
GZIP_FROM_BYTES = 1024

UNTOLD = frozenset({LIST, "404.html"})
"""Files that serve the server."""


def type_of(path: str) -> str | None:
    """The media type of a file of the folder; None where the folder does not give it out."""
    return None if path in UNTOLD else TYPES.get(PurePosixPath(path).suffix)


def lifetime_of(path: str) -> str:
    """How long a copy of a file may be kept: names live a minute, what has its hash in its name for good."""
    return FOR_GOOD if path.startswith(f"{FOLDER}/") else A_MINUTE


def wired(*headers: tuple[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as they go over the wire."""
    return [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers]
