"""The bytes of an entry, as they are hashed and published. docs/log.md specifies them, with vectors to try on."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from undersigned.ledger.events import Event, Tallied

DOMAIN = "undersigned/entry/v1"
NO_KIND = "-"
SALT_BYTES = 32
NONCE_BYTES = 32

_LINE = re.compile(
    rf"{re.escape(DOMAIN)} (?P<event>[a-z-]+) (?P<kind>[a-z-]+) (?P<version>[0-9a-f]{{64}})"
    r" (?P<hour>[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}Z) (?P<commitment>[0-9a-f]{64})"
    r"(?: (?P<about>0|[1-9][0-9]{0,17}))?"
)


class NotALine(ValueError):
    """Bytes that are no entry of a log of ours."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as anybody can read it. `about` is the index of the entry that it undoes or amends."""

    event: Event
    kind: Tallied
    version: bytes
    hour: datetime
    commitment: bytes
    about: int | None = None

    @classmethod
    def parse(cls, raw: bytes) -> "Line":
        """The entry that `raw` is, in the one form that it has; else NotALine."""
        try:
            found = _LINE.fullmatch(raw.decode("ascii"))
            if found is None:
                raise NotALine(f"{raw[:80]!r} is not an entry")
            return cls(
                Event(found["event"]),
                _kind(found["kind"]),
                bytes.fromhex(found["version"]),
                hour_in(found["hour"]),
                bytes.fromhex(found["commitment"]),
                int(found["about"]) if found["about"] else None,
            )
        except ValueError as fault:
            raise NotALine(str(fault)) from None

    @property
    def raw(self) -> bytes:
        return write(self.event, self.kind, self.version, hour_text(self.hour), self.commitment, self.about)


def write(  # noqa: PLR0913, PLR0917  the sequencer's inner loop, which cannot afford an object for each entry
    event: str, kind: str, version: bytes, hour: str, commitment: bytes, about: int | None
) -> bytes:
    """The bytes of the entry that says this; `hour` as `hour_text` writes it."""
    end = "" if about is None else f" {about}"
    return (f"{DOMAIN} {event} {kind or NO_KIND} {version.hex()} {hour} {commitment.hex()}{end}").encode("ascii")


def commitment(salt: bytes, record: bytes) -> bytes:
    """SHA-256 over the 32-byte salt and the record: binds to the record, tells nothing of it."""
    return hashlib.sha256(salt + record).digest()


def _kind(text: str) -> Tallied:
    if not text:
        raise NotALine("an entry without a kind")
    return Tallied("" if text == NO_KIND else text)


def hour_text(hour: datetime) -> str:
    """`2026-11-10T12Z`"""
    return f"{hour.astimezone(UTC):%Y-%m-%dT%HZ}"


@lru_cache(maxsize=1024)  # a log has many entries of few hours
def hour_in(text: str) -> datetime:
    """The hour that `text` names; else ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%HZ").replace(tzinfo=UTC)
