"""Private links: to look at a letter before its release, or to sign it by invitation."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from undersigned.letters.audit import Actor, record
from undersigned.letters.models import Letter, PrivateLink

TOKEN_BYTES = 18
DESK_PREVIEW = "desk preview"


@transaction.atomic
def make(letter: Letter, purpose: PrivateLink.Purpose, label: str, by: Actor, at: datetime) -> str:
    """A new link's token, told this once; only its digest is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    PrivateLink.objects.create(letter=letter, purpose=purpose, label=label, token_digest=_digest(token), made_at=at)
    record(letter, by, "link made", at, purpose=purpose, label=label)
    return token


def lend(letter: Letter, at: datetime, lifetime: timedelta) -> str:
    """The token of a link to look at `letter`, for a desk user's own eyes: it expires, and leaves no trail."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    PrivateLink.objects.create(
        letter=letter,
        purpose=PrivateLink.Purpose.PREVIEW,
        label=DESK_PREVIEW,
        token_digest=_digest(token),
        made_at=at,
        expires_at=at + lifetime,
    )
    return token


def find(token: str, purpose: PrivateLink.Purpose, at: datetime) -> PrivateLink | None:
    """The open link that `token` opens; None when it is unknown, of another purpose, revoked or expired."""
    link = PrivateLink.objects.select_related("letter").filter(token_digest=_digest(token), purpose=purpose).first()
    return link if link and link.is_open(at) else None


@transaction.atomic
def revoke(link: PrivateLink, by: Actor, at: datetime) -> None:
    """Close a link for good; who follows it finds what a stranger finds."""
    if PrivateLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at):
        record(link.letter, by, "link revoked", at, purpose=link.purpose, label=link.label)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
