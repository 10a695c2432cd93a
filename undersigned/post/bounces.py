"""Bounces that come back later: reports of mail servers on mails that were taken from us and not delivered."""

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from django.conf import settings

from undersigned.post.identifiers import Identifiers
from undersigned.post.models import Mail, MailState

READ_BYTES = 256 * 1024  # a report comes before the mail that it gives back


def note_bounce(raw: bytes, at: datetime) -> bool:
    """Mark the mail that was not delivered as the report `raw` (RFC 3464) says; False if it says so of no mail of ours.

    A mail is known by its identifier, which stands in the report's envelope id or in the Message-ID that it gives
    back. Nobody can name another's: the identifier went to its mailbox, and cannot be made without our key.
    """
    failure = next(_failures(message_from_bytes(raw[:READ_BYTES])), None)
    mail = Identifiers(settings.KEYS.site_key("mail")).mail_in(raw[:READ_BYTES]) if failure else None
    if failure is None or mail is None:
        return False
    marked = Mail.objects.filter(pk=mail, state__in=(MailState.SENT, MailState.WAITING)).update(
        state=MailState.BOUNCED, sealed=b"", ended_at=at, reply_code=_code(failure)
    )
    return bool(marked)


def _failures(message: Message) -> Iterator[Message]:
    """The fields of each recipient for whom delivery has failed for good (RFC 3464 §2.3.3)."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (fields for fields in part.walk() if str(fields.get("Action", "")).strip().lower() == "failed")


def _code(failure: Message) -> int | None:
    said = re.match(r"\s*smtp\s*;\s*([45]\d\d)\b", str(failure.get("Diagnostic-Code", "")), re.IGNORECASE)
    return int(said[1]) if said else None
