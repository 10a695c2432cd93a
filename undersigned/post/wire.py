"""A message as it goes over the wire: plain text in UTF-8, one address in To, no tracking, no HTML.

Written out by hand: `email.message` takes forty times as long over it, and a letter may be signed a thousand times a
second. The tests hold every message against what `email.message` makes, and reads.
"""

import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from uuid import uuid4

import idna

from undersigned.lib.addresses import EmailAddress
from undersigned.post.message import Text

LINE_BYTES = 990  # RFC 5321 §4.5.3.1.6 allows 998
_MAILBOX = re.compile(r"[^\s\x00-\x1f\x7f()<>\[\]:;@\\,\"]+@[A-Za-z0-9.-]+")  # RFC 5321 §4.1.2, RFC 6531 §3.3
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom, to whom, when; `identifier` is the same for every attempt, so that a mailbox can drop a repeat."""

    sender: EmailAddress
    recipient: EmailAddress
    at: datetime
    identifier: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that can leave; `sender` and `recipient` as the server is told of them."""

    envelope: Envelope
    message: bytes
    sender: str
    recipient: str


def pack(text: Text, envelope: Envelope, *, eight_bit: bool) -> Parcel:
    """The message that says `text`; ValueError for an address or a text that could be read as anything else.

    `eight_bit` leaves the text as it is; a mail server may not take that, so it otherwise goes in seven bits.
    """
    sender, recipient = wire_form(envelope.sender), wire_form(envelope.recipient)
    encoding, body = _encoded(text.body, eight_bit=eight_bit)
    headers = (
        f"From: {sender}",
        f"To: {recipient}",
        _subject(text.subject),
        f"Date: {_date(envelope.at)}",
        f"Message-ID: <{envelope.identifier}@{sender.rpartition('@')[2]}>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",  # what keeps Exchange from answering that somebody is on holiday
        # A page with a button: opening it changes nothing.
        *([f"List-Unsubscribe: <{text.unsubscribe}>"] if text.unsubscribe else []),
        *(["List-Unsubscribe-Post: List-Unsubscribe=One-Click"] if text.is_one_click else []),
        'Content-Type: text/plain; charset="utf-8"',
        f"Content-Transfer-Encoding: {encoding}",
        "MIME-Version: 1.0",
    )
    if not "".join(headers).isprintable():
        raise ValueError("a header with a control character")
    return Parcel(envelope, "\r\n".join((*headers, "", "")).encode() + body, sender, recipient)


def wire_form(mailbox: EmailAddress) -> str:
    """The mailbox with its domain as DNS has it; only a local part beyond ASCII still needs SMTPUTF8."""
    local, _at, domain = mailbox.value.rpartition("@")
    form = f"{local}@{domain if domain.isascii() else idna.encode(domain, uts46=True).decode()}"
    if not _MAILBOX.fullmatch(form):
        raise ValueError("no mailbox that can be named to a mail server")
    return form


@lru_cache(maxsize=100)  # a handful of languages
def _subject(text: str) -> str:
    message = EmailMessage(SMTP.clone(max_line_length=LINE_BYTES))
    message["Subject"] = text
    folded: str = message["Subject"].fold(policy=message.policy)
    return folded.removesuffix("\r\n")


def _encoded(body: str, *, eight_bit: bool) -> tuple[str, bytes]:
    """The transfer encoding (RFC 2045 §6) that suits the text best, and the text in it, ending with a line break."""
    lines = body.encode().splitlines()
    raw = b"\r\n".join(lines) + b"\r\n"
    if max(map(len, lines), default=0) <= LINE_BYTES and (eight_bit or raw.isascii()):
        return "7bit" if raw.isascii() else "8bit", raw
    if 6 * len(raw.translate(None, _ASCII)) <= len(raw):  # from there on base64 is shorter
        return "quoted-printable", _quoted_printable(raw)
    return "base64", _base64(raw)


def _base64(raw: bytes) -> bytes:
    """In lines of 76 signs; `base64.encodebytes` takes twice as long."""
    whole = binascii.b2a_base64(raw, newline=False)
    return b"".join([whole[start : start + 76] + b"\r\n" for start in range(0, len(whole), 76)])


def _quoted_printable(raw: bytes) -> bytes:
    """With lines longer than RFC 2045 asks for, where that is possible: a folded link is a broken link."""
    folded = binascii.b2a_qp(raw)
    whole = folded.replace(b"=\r\n", b"")
    return whole if max(map(len, whole.splitlines())) <= LINE_BYTES else folded


@lru_cache(maxsize=10)  # a batch leaves at one moment
def _date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC))
