"""Where a stranger reads a published log: in a folder, or over the web."""

import http.client
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from undersigned.ledger.folder import CHECKPOINT
from undersigned.ledger.tiles import ENTRY_BYTES, WIDTH
from undersigned.ledger.verify import Source, Unreadable

LOG = "log"
PATIENCE_SECONDS = 30
MOST_BYTES = WIDTH * (ENTRY_BYTES + 2)
AGENT = "undersigned-log-verify"


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A copy of a log in the folder `root`; the letter's own files are in the folder above."""

    root: Path

    def log(self, path: str) -> bytes:
        return _read(self.root / path)

    def letter(self, path: str) -> bytes:
        return _read(self.root.parent / path)


@dataclass(frozen=True, slots=True)
class WebSource:
    """A log at the address `root`, without a slash at its end."""

    root: str

    def log(self, path: str) -> bytes:
        return _fetch(f"{self.root}/{path}")

    def letter(self, path: str) -> bytes:
        return _fetch(f"{self.root.rpartition('/')[0]}/{path}")


def source_at(where: str) -> Source:
    """The log at an address or in a folder; its letter's address or folder will do too. Unreadable where none is."""
    source = WebSource if urlsplit(where).scheme in ("http", "https") else FolderSource
    place = where.rstrip("/").removesuffix(f"/{CHECKPOINT}")
    for root in (place, f"{place}/{LOG}"):
        # Links stay as they are: in the public folder a log is one, and its letter lies beside the link.
        found: Source = WebSource(root) if source is WebSource else FolderSource(Path(os.path.abspath(root)))
        try:
            found.log(CHECKPOINT)
        except FileNotFoundError:
            continue
        return found
    raise Unreadable(f"there is no log at {where}: {CHECKPOINT} was looked for there and in {LOG}/")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path.name) from None
    except OSError as fault:
        raise Unreadable(f"{path} cannot be read: {fault.strerror}") from None


def _fetch(address: str) -> bytes:
    request = urllib.request.Request(address, headers={"User-Agent": AGENT})  # noqa: S310  http and https only, see above
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            content: bytes = answer.read(MOST_BYTES + 1)
            missing: int | None = answer.length  # of what was promised; reading only so much raises no IncompleteRead
    except urllib.error.HTTPError as fault:
        fault.close()
        if fault.code in (http.client.NOT_FOUND, http.client.GONE):
            raise FileNotFoundError(address) from None
        raise Unreadable(f"{address} answers with {fault.code}") from None
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise Unreadable(f"{address} cannot be reached: {fault}") from None
    if len(content) > MOST_BYTES:
        raise Unreadable(f"{address} is larger than any file of a log")
    if missing:
        raise Unreadable(f"{address} broke off: {missing} bytes are missing")
    return content
