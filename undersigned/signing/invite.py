"""Asking by mail those whom a sheet brought: each by a private link of their own, at the secretariat's word."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from undersigned.letters.audit import Actor, record
from undersigned.letters.models import Letter
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.post import outbox
from undersigned.signing.decide import DecidedMeanwhile
from undersigned.signing.models import Signature, State
from undersigned.signing.sign import private_link
from undersigned.signing.sign_on import KINDS
from undersigned.signing.withdraw import mailbox_of

MOST = 3
"""So often is somebody asked by mail; then the secretariat has to find another way."""


class NobodyCouldSign(Refusal):
    code = "nobody-could-sign"
    status = 409
    message = gettext_noop("Open sign-ons first: who is invited now could not sign.")


class NoMailboxKnown(Refusal):
    code = "no-mailbox-known"
    message = gettext_noop("No address of this signatory is known. Give them a private link instead.")


class AskedOftenEnough(Refusal):
    code = "asked-often-enough"
    message = gettext_noop("This signatory was written to %(times)s times. Please reach them in another way.")


@transaction.atomic
def invite(signature: Signature, by: Actor, at: datetime) -> None:
    """Mail an invitation to one who is asked, for the first time or again; on record."""
    row = Signature.objects.select_for_update(of=("self",)).select_related("letter").filter(pk=signature.pk).first()
    if row is None or row.state != State.ASKED:
        raise DecidedMeanwhile
    if row.kind not in _open_kinds(row.letter):
        raise NobodyCouldSign
    if mailbox_of(row.pk) is None:
        raise NoMailboxKnown
    if row.reminders >= MOST:
        raise AskedOftenEnough(times=row.reminders)
    _send([row], row.letter, by, at)


@transaction.atomic
def invite_all(letter: Letter, by: Actor, at: datetime) -> int:
    """Mail an invitation to all who are asked, can be reached, could sign now, and were not written to; how many."""
    kinds = _open_kinds(letter)
    if not kinds:
        raise NobodyCouldSign
    rows = list(uninvited(letter).filter(kind__in=kinds).select_for_update(of=("self",)))
    _send(rows, letter, by, at)
    return len(rows)


def uninvited(letter: Letter) -> QuerySet[Signature]:
    """Those who are asked, have a mailbox, and were not written to yet."""
    asked = Signature.objects.filter(letter=letter, state=State.ASKED, reminders=0)
    return asked.filter(mailbox__is_sealed_to_coalition=False).order_by("created_at", "pk")


def _open_kinds(letter: Letter) -> set[str]:
    return {kind for kind in KINDS if letter.frozen and letter.takes(kind, invited=True)}


def _send(rows: Sequence[Signature], letter: Letter, by: Actor, at: datetime) -> None:
    """Note it for each of them; `reminders` counts how often they are asked."""
    mailboxes = [(row, mailbox) for row in rows if (mailbox := mailbox_of(row.pk))]
    outbox.put(
        [
            outbox.NewNote(
                mailbox, str(letter.pk), row.language, "asked", {"link": private_link(row.pk, at)}, reference=row.pk
            )
            for row, mailbox in mailboxes
        ],
        at,
    )
    Signature.objects.filter(pk__in=[row.pk for row, _mailbox in mailboxes]).update(reminders=F("reminders") + 1)
    for row, _mailbox in mailboxes:
        record(letter, by, "invitation sent", at, signature=str(row.pk))
