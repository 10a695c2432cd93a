"""Leaving a letter: withdrawing, “this was not me”, and what is erased with it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from undersigned.ledger.by_key import find_by_key
from undersigned.ledger.entries import undo
from undersigned.ledger.events import Event
from undersigned.letters.stages import touch
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.sealing import unseal
from undersigned.post import outbox
from undersigned.signing.models import (
    STANDING,
    Attestation,
    ConfirmationCode,
    Correction,
    Mailbox,
    SealedName,
    Signatory,
    Signature,
    State,
)

PERSONAL = (Signatory, SealedName, Mailbox, ConfirmationCode, Correction, Attestation)


@transaction.atomic
def withdraw(batch: Sequence[UUID], at: datetime, event: Event = Event.WITHDRAWN) -> int:
    """Withdraw signatures and erase what was stored of their signatories; how many it ended.

    What was counted is undone in the log. Those that were never confirmed simply cease to be.
    """
    find_by_key()
    rows = list(Signature.objects.select_for_update().filter(pk__in=batch).order_by("pk"))
    unconfirmed = [row for row in rows if row.state in (State.ASKED, State.PENDING)]
    standing = [row for row in rows if row.state in STANDING]
    outbox.take_back([row.pk for row in unconfirmed + standing])
    Signature.objects.filter(pk__in=[row.pk for row in unconfirmed]).delete()
    _end(standing, at, event)
    return len(unconfirmed) + len(standing)


@transaction.atomic
def not_me(signature: UUID, at: datetime) -> bool:
    """Delete a sign-on that the owner of its mailbox never made; False when there is nothing unconfirmed to delete."""
    unconfirmed = (State.ASKED, State.PENDING)
    found = Signature.objects.select_for_update().filter(pk=signature, state__in=unconfirmed)
    return bool(withdraw(list(found.values_list("pk", flat=True)), at))


def erase(signatures: Sequence[UUID]) -> None:
    """Delete all personal data and secrets of these signatures; the bare facts of them stay."""
    for table in PERSONAL:
        table.objects.filter(pk__in=signatures).delete()
    Signature.objects.filter(pk__in=signatures).update(mailbox_digest=None, person_digest=None, country="")


@transaction.atomic
def never_mail_again(signature: UUID, at: datetime) -> bool:
    """Silence the mailbox of a sign-on for all letters; False when it is sealed to the coalition or gone."""
    mailbox = mailbox_of(signature)
    if mailbox is None:
        return False
    outbox.silence(mailbox, at)
    return True


def mailbox_of(signature: UUID) -> EmailAddress | None:
    """The mailbox of a sign-on, where the server can still open it."""
    row = Mailbox.objects.select_related("signature").filter(pk=signature, is_sealed_to_coalition=False).first()
    if row is None:
        return None
    key = settings.KEYS.letter_key(row.signature.letter_id)
    return EmailAddress.parse(unseal(key, bytes(row.sealed), "mailbox"))


def _end(standing: Sequence[Signature], at: datetime, event: Event) -> None:
    entries = [row.entry for row in standing if row.entry]
    end(standing, at)
    undo(entries, event, at)


def end(standing: Sequence[Signature], at: datetime) -> None:
    """End signatures whose entries the log has undone, or will in the caller's transaction; their data are erased."""
    Signature.objects.filter(pk__in=[row.pk for row in standing]).update(
        state=State.WITHDRAWN, ended_at=at, entry=None, organisation=None
    )
    erase([row.pk for row in standing])
    touch({row.letter_id for row in standing})
