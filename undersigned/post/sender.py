"""Sending: mails leave in batches, are tried again, and are emptied once they have left.

An attempt is written down before the message is handed over, and with it the day on which its audience was written to.
If we crash in between, or the connection breaks after the text has gone, nobody knows whether the mail arrived: it is
tried again a whole day later, so that nobody gets two within a day. A mail arrives at least once, or bounces.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet

from undersigned.ledger.by_key import among, find_by_key
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.sealing import Sealer
from undersigned.post.gather import gather
from undersigned.post.identifiers import Identifiers
from undersigned.post.models import Mail, MailState
from undersigned.post.outbox import silenced_among
from undersigned.post.pace import Pace
from undersigned.post.rows import DAY, claim_day, postpone
from undersigned.post.tidings import Tidings
from undersigned.post.transport import Answer, Outcome, Transport, always
from undersigned.post.wire import Envelope, Parcel, pack

FEWEST, MOST = 16, 512  # mails in one batch
MOMENT = timedelta(seconds=0.25)
ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=12)
OLDEST = timedelta(days=5)  # RFC 5321 §4.5.4.1: give up after four or five days
REST = timedelta(minutes=1)
FAULT_PAUSE = timedelta(hours=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Fate:
    """What is to be written down about a mail: that it has ended, or when it is tried next."""

    state: MailState = MailState.WAITING
    next_attempt_at: datetime | None = None
    code: int | None = None
    counts: bool = True  # whether the attempt was one

    def changes(self, at: datetime) -> dict[str, object]:
        """All but the moment of the next attempt, which is another one for each mail that waits for its turn."""
        if self.state != MailState.WAITING:  # it has left or is given up: what it said and to whom is emptied
            return {"state": self.state, "sealed": b"", "ended_at": at, "reply_code": self.code}
        changes: dict[str, object] = {}
        if self.code:
            changes["reply_code"] = self.code
        if not self.counts:
            changes["attempts"] = F("attempts") - 1
        return changes


_GIVEN_UP = _Fate(MailState.BOUNCED)
_Fates = Mapping[_Fate, Collection[int]]


class _Due(NamedTuple):
    """What is read of a mail."""

    pk: int
    audience: bytes
    sealed: bytes
    attempts: int
    is_old: bool


@dataclass(frozen=True, slots=True)
class _Ready:
    """A mail that can leave."""

    mail: _Due
    parcel: Parcel

    @property
    def recipient(self) -> EmailAddress:
        return self.parcel.envelope.recipient


class Sender:
    """Sends what is due over one transport. Several may work at once: each mail is claimed before it leaves."""

    def __init__(self, transport: Transport, sender: EmailAddress, pace: timedelta) -> None:
        self._transport = transport
        self._sender = sender
        self._pace = Pace(pace)
        self._rests_until: datetime | None = None
        self._learned: defaultdict[_Fate, list[int]] = defaultdict(list)  # until it is written down

    def send_due(self, at: datetime) -> int:
        """Gather what waits and deal with every mail whose time has come; how many."""
        gather(at)
        dealt_with = 0
        while batch := self.send_batch(at):
            dealt_with += batch
        self.close()
        return dealt_with

    def send_batch(self, at: datetime, most: int = MOST, goes_on: Callable[[], bool] = always) -> int:
        """Deal with at most `most` mails whose time has come; how many. With none, or none while no server listens.

        Once `goes_on` says no, what has not begun to leave is given back.
        """
        self._write_down(at)
        if self._rests_until and at < self._rests_until:
            return 0
        is_old = ExpressionWrapper(Q(created_at__lt=at - OLDEST), output_field=BooleanField())
        rows = _due(at).annotate(is_old=is_old).order_by("next_attempt_at", "pk").values_list(*_Due._fields)[:most]
        mails = [_Due._make(row) for row in rows]
        if not mails:
            return 0
        ready, fates = self._sort_out(mails, at)
        mine = _take_up(ready, fates, at)
        self._hand_over([one for one in ready if one.mail.pk in mine], at, goes_on)
        return len(mine)

    def close(self) -> None:
        """Close the connections; the next mail opens another."""
        self._transport.close()

    def _sort_out(self, mails: Sequence[_Due], at: datetime) -> tuple[list[_Ready], _Fates]:
        """Those that can leave, and the fate of those that must not, cannot, or not yet."""
        key = settings.KEYS.site_key("mail")
        sealer, identifiers = Sealer(key), Identifiers(key)
        fates: defaultdict[_Fate, list[int]] = defaultdict(list)
        opened: list[_Ready] = []
        for mail in mails:
            found = self._make_ready(mail, identifiers.of(mail.pk), sealer, at)
            if isinstance(found, _Ready):
                opened.append(found)
            else:
                fates[found].append(mail.pk)
        silenced = silenced_among([one.recipient for one in opened])
        ready = []
        for one in opened:
            if fate := self._held_back(one, silenced, at):
                fates[fate].append(one.mail.pk)
            else:
                ready.append(one)
        return ready, fates

    def _make_ready(self, mail: _Due, identifier: str, sealer: Sealer, at: datetime) -> _Ready | _Fate:
        if mail.is_old:
            return _GIVEN_UP
        try:
            tidings = Tidings.unsealed(sealer, bytes(mail.sealed))
            envelope = Envelope(self._sender, tidings.mailbox, at, identifier)
            return _Ready(mail, pack(tidings.text(at), envelope, eight_bit=self._transport.eight_bit))
        except InvalidTag:  # another key, or no sealed text at all
            log.error("mail %d cannot be opened with the mail key; it is given up", mail.pk)
            return _GIVEN_UP
        except Exception:  # whatever is wrong with one mail, the others must leave
            log.exception("mail %d cannot be made ready; it waits", mail.pk)
            return _Fate(next_attempt_at=at + FAULT_PAUSE)

    def _held_back(self, one: _Ready, silenced: Collection[EmailAddress], at: datetime) -> _Fate | None:
        if one.recipient in silenced:
            return _Fate(MailState.SILENCED)
        slot = self._pace.slot(one.mail.pk, one.recipient.domain, at)
        return _Fate(next_attempt_at=slot) if slot > at else None

    def _hand_over(self, ready: Sequence[_Ready], at: datetime, goes_on: Callable[[], bool]) -> None:
        answers = self._transport.hand_over([one.parcel for one in ready], goes_on)
        for one, answer in zip(ready, answers, strict=True):
            if fate := _fate(one.mail, answer, at):
                self._learned[fate].append(one.mail.pk)
            if answer.outcome == Outcome.UNREACHABLE:
                self._rest(answer, at)
        self._write_down(at)

    def _rest(self, answer: Answer, at: datetime) -> None:
        self._rests_until = at + REST
        self._pace.forget()
        log.error("the mail server cannot be reached, or refuses us (code %s); mails wait", answer.code)

    def _write_down(self, at: datetime) -> None:
        """What became of mails; kept in memory until the record has it, or they would leave again."""
        if self._learned:
            _settle(self._learned, at)
            self._learned.clear()


def _due(at: datetime) -> QuerySet[Mail]:
    return Mail.objects.filter(state=MailState.WAITING, next_attempt_at__lte=at)


@transaction.atomic
def _take_up(ready: Sequence[_Ready], fates: _Fates, at: datetime) -> set[int]:
    """Write the attempts down before they are made, and what else becomes of mails; the mails that are ours to try."""
    find_by_key()
    seen = [one.mail.pk for one in ready] + [pk for pks in fates.values() for pk in pks]
    mine = set(among(_due(at), seen).select_for_update(skip_locked=True).values_list("pk", flat=True))
    _change({fate: mine.intersection(pks) for fate, pks in fates.items()}, at)
    leaving = mine.intersection(one.mail.pk for one in ready)
    among(Mail.objects.all(), leaving).update(attempts=F("attempts") + 1, next_attempt_at=at + DAY)
    claim_day("post_mail", leaving, at, unless_since=at)
    return mine


@transaction.atomic
def _settle(fates: _Fates, at: datetime) -> None:
    find_by_key()
    _change(fates, at)


def _change(fates: _Fates, at: datetime) -> None:
    postpone({pk: fate.next_attempt_at for fate, pks in fates.items() if fate.next_attempt_at for pk in pks})
    for fate, pks in fates.items():
        if changes := fate.changes(at):
            among(Mail.objects.filter(state=MailState.WAITING), pks).update(**changes)


def _fate(mail: _Due, answer: Answer, at: datetime) -> _Fate | None:
    """What the answer means for the mail; None where nobody knows: it stays claimed for a day, as after a crash."""
    attempts = mail.attempts + 1
    if answer.outcome == Outcome.TAKEN:
        return _Fate(MailState.SENT, code=answer.code)
    if answer.outcome == Outcome.REFUSED or (answer.outcome == Outcome.LATER and attempts >= ATTEMPTS):
        return _Fate(MailState.BOUNCED, code=answer.code)
    if answer.outcome == Outcome.LATER:
        return _Fate(next_attempt_at=at + pause(attempts), code=answer.code)
    if answer.outcome == Outcome.UNREACHABLE:  # that is no mailbox's fault
        return _Fate(next_attempt_at=at + REST, counts=False)
    return _Fate(next_attempt_at=at, counts=False) if answer.outcome == Outcome.UNTRIED else None


def pause(attempts: int) -> timedelta:
    """How long to wait after that many attempts: 1 min, 4 min, 16 min … at most 12 hours."""
    return min(FIRST_PAUSE * (1 << 2 * (attempts - 1)), LONGEST_PAUSE)


def fitting(size: int, took: timedelta) -> int:
    """How many mails to take up next, when `size` of them took that long: what leaves in a moment, and no more.

    For a crash leaves in doubt all that were taken up, and they wait for a day.
    """
    if took > MOMENT:
        return max(FEWEST, size // 2)
    return min(MOST, size * 2) if took < MOMENT / 2 else size
