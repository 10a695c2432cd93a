"""Sending: mails leave one by one, are tried again, and are emptied once they have left.

An attempt is written down before the message is handed over, and with it the day on which its audience was written to.
If we crash in between, or the connection breaks after the text has gone, nobody knows whether the mail arrived: it is
tried again a whole day later, so that nobody gets two within a day. A mail arrives at least once, or bounces.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from undersigned.lib.addresses import EmailAddress
from undersigned.lib.sealing import unseal
from undersigned.post.gather import DAY, gather
from undersigned.post.message import Envelope, Text, assemble
from undersigned.post.models import Mail, Mailed, MailState
from undersigned.post.outbox import is_silenced
from undersigned.post.pace import Pace
from undersigned.post.transport import Answer, Outcome, Transport

ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=12)
OLDEST = timedelta(days=5)  # RFC 5321 §4.5.4.1: give up after four or five days
REST = timedelta(minutes=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Opened:
    mailbox: EmailAddress
    text: Text


class Sender:
    """Sends what is due over one transport. Several may work at once: each mail is claimed before it leaves."""

    def __init__(self, transport: Transport, sender: EmailAddress, pace: timedelta) -> None:
        self._transport = transport
        self._sender = sender
        self._pace = Pace(pace)
        self._rests_until: datetime | None = None

    def send_due(self, at: datetime) -> int:
        """Gather what waits and try every mail whose time has come; how many were tried."""
        gather(at)
        tried = 0
        while self.send_one(at):
            tried += 1
        self.close()
        return tried

    def send_one(self, at: datetime) -> bool:
        """Try the next mail whose time has come; False when there is none, or no server listens to us."""
        if self._rests_until and at < self._rests_until:
            return False
        while mail := Mail.objects.filter(state=MailState.WAITING, next_attempt_at__lte=at).order_by(*ORDER).first():
            opened = _open(mail, at)
            if opened and self._is_its_turn(mail, opened.mailbox, at) and _claim(mail, at):
                self._try(mail, opened, at)
                return True
        return False

    def close(self) -> None:
        """Close the connection; the next mail opens another."""
        self._transport.close()

    def _is_its_turn(self, mail: Mail, mailbox: EmailAddress, at: datetime) -> bool:
        slot = self._pace.slot(mail.pk, mailbox.domain, at)
        if slot > at:
            _mine(mail).update(next_attempt_at=slot)
        return slot <= at

    def _try(self, mail: Mail, opened: _Opened, at: datetime) -> None:
        self._pace.done(mail.pk)
        envelope = Envelope(self._sender, opened.mailbox, at, _identifier(mail))
        message = assemble(opened.text, envelope, eight_bit=self._transport.eight_bit)
        answer = self._transport.hand_over(message, self._sender, opened.mailbox)
        if answer.outcome == Outcome.UNREACHABLE:
            self._rest(mail, answer, at)
        else:
            _write_down(mail, answer, at)

    def _rest(self, mail: Mail, answer: Answer, at: datetime) -> None:
        """The mail server does not listen to us: that is no mailbox's fault, so the attempt does not count."""
        self._rests_until = at + REST
        Mail.objects.filter(pk=mail.pk).update(attempts=F("attempts") - 1, next_attempt_at=at + REST)
        log.error("the mail server cannot be reached, or refuses us (code %s); mails wait", answer.code)


ORDER = ("next_attempt_at", "pk")


def _open(mail: Mail, at: datetime) -> _Opened | None:
    """The mail's address and words; None after ending one that must not, or cannot, leave any more."""
    try:
        plain = json.loads(unseal(settings.KEYS.site_key("mail"), bytes(mail.sealed), "mail"))
    except (InvalidTag, ValueError):  # another key, or no sealed text at all
        log.error("mail %d cannot be opened with the mail key; it is given up", mail.pk)
        _end(mail, MailState.BOUNCED, at)
        return None
    mailbox = EmailAddress(plain.pop("mailbox"))
    if is_silenced(mailbox):
        _end(mail, MailState.SILENCED, at)
        return None
    if at - mail.created_at > OLDEST:
        _end(mail, MailState.BOUNCED, at)
        return None
    return _Opened(mailbox, Text(**plain))


@transaction.atomic
def _claim(mail: Mail, at: datetime) -> bool:
    """Write the attempt down before it is made; False when another process did first."""
    if not _mine(mail).update(attempts=F("attempts") + 1, next_attempt_at=at + DAY):
        return False
    Mailed.objects.update_or_create(audience=bytes(mail.audience), defaults={"at": at})
    mail.attempts += 1
    return True


def _mine(mail: Mail) -> QuerySet[Mail]:
    """The mail as we saw it, unless another process has taken it up meanwhile."""
    return Mail.objects.filter(pk=mail.pk, state=MailState.WAITING, next_attempt_at=mail.next_attempt_at)


def _write_down(mail: Mail, answer: Answer, at: datetime) -> None:
    if answer.outcome == Outcome.TAKEN:
        _end(mail, MailState.SENT, at, answer.code)
    elif answer.outcome == Outcome.REFUSED or mail.attempts >= ATTEMPTS:
        _end(mail, MailState.BOUNCED, at, answer.code)
    elif answer.outcome == Outcome.LATER:
        Mail.objects.filter(pk=mail.pk).update(next_attempt_at=at + pause(mail.attempts), reply_code=answer.code)
    # UNKNOWN: it stays claimed for a day, as after a crash.


def pause(attempts: int) -> timedelta:
    """How long to wait after that many attempts: 1 min, 4 min, 16 min … at most 12 hours."""
    return min(FIRST_PAUSE * (1 << 2 * (attempts - 1)), LONGEST_PAUSE)


def _end(mail: Mail, state: MailState, at: datetime, code: int | None = None) -> None:
    """The mail has left or is given up: what it said and to whom is emptied."""
    Mail.objects.filter(pk=mail.pk, state=MailState.WAITING).update(
        state=state, sealed=b"", ended_at=at, reply_code=code
    )


def _identifier(mail: Mail) -> str:
    """The same for every attempt at a mail, and nothing that can be counted: the nonce of what is sealed."""
    return bytes(mail.sealed)[:12].hex()
