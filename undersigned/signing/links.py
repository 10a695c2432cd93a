"""Tokens for the private page of a sign-on: nothing is stored for them, nobody can forge them, and they expire."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.lib.sealing import keyed_digest

TAG_BYTES = 16


class LinkForged(Refusal):
    code = "link-unknown"
    status = 404
    message = gettext_noop(
        "This link leads nowhere. Perhaps the end of it was lost; copy the whole link from the mail."
    )


class LinkExpired(Refusal):
    code = "link-expired"
    status = 410
    message = gettext_noop("This link has expired. Ask for another one on the page of the letter.")

    def __init__(self, signature: UUID) -> None:
        super().__init__()
        self.signature = signature


@dataclass(frozen=True, slots=True)
class Link:
    """Leads to one sign-on until `expires_at`; `purpose` keeps one sort of link from serving as another."""

    LENGTH: ClassVar[int] = 50
    """Characters of a token."""

    signature: UUID
    expires_at: datetime
    purpose: str = "sign-on"

    def token(self, key: bytes) -> str:
        """LENGTH characters, safe in a path: sign-on, last second, tag."""
        body = self.signature.bytes + int(self.expires_at.timestamp()).to_bytes(5, "big")
        return _written(body + _tag(key, self.purpose, body))

    @classmethod
    def read(cls, token: str, key: bytes, at: datetime, purpose: str = "sign-on") -> "Link":
        """The link that `token` is; LinkForged, or LinkExpired, which tells the sign-on that it led to."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise LinkForged from None
        if _written(raw) != token:  # base64 has several spellings of some bytes, a link has one
            raise LinkForged
        body, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
        if len(body) != 21 or not hmac.compare_digest(tag, _tag(key, purpose, body)):
            raise LinkForged
        expires_at = datetime.fromtimestamp(int.from_bytes(body[16:], "big"), UTC)
        if at >= expires_at:
            raise LinkExpired(UUID(bytes=body[:16]))
        return cls(UUID(bytes=body[:16]), expires_at, purpose)


_SAFE = bytes.maketrans(b"+/", b"-_")  # in an address (RFC 4648 §5)


def _written(raw: bytes) -> str:
    return binascii.b2a_base64(raw, newline=False).translate(_SAFE).rstrip(b"=").decode()


def _tag(key: bytes, purpose: str, body: bytes) -> bytes:
    return keyed_digest(key, f"link {purpose}", body.hex())[:TAG_BYTES]
