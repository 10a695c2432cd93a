"""Receipts: what shows a signatory that they are in the log, and the mail that tells where it can be had.

A hidden signatory gets no such mail, but the same file on request: it opens nothing but a nonce.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from undersigned.ledger.events import Event
from undersigned.ledger.folder import CHECKPOINT
from undersigned.ledger.head import folder_of, keys_of, published
from undersigned.ledger.line import Line
from undersigned.ledger.models import Entry, Log, Opening
from undersigned.ledger.note import shorten
from undersigned.ledger.numbered import lines_of
from undersigned.ledger.proof import prove
from undersigned.ledger.receipt import Item, Receipt
from undersigned.ledger.receipt import Opening as Opened
from undersigned.letters.models import Letter
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.faults import Faults
from undersigned.lib.sealing import unseal
from undersigned.post import outbox
from undersigned.signing.models import Mailbox, Signatory, Signature, State, Visibility
from undersigned.signing.record import record_of
from undersigned.signing.sign import private_link

BATCH = 500


def receipt_of(signature: Signature) -> Receipt | None:
    """The receipt of a listed or counted signature; None while its entry is not published."""
    entry = signature.entry
    if signature.state != State.LISTED or entry is None or entry.index is None:
        return None
    log = entry.log
    keys = keys_of(log)
    head = published(log)
    if head is None or head.size <= entry.index:
        return None
    numbered = _entries_about(entry).filter(index__lt=head.size).order_by("index")
    items = tuple(_item(signature, log, one) for one in numbered)
    return Receipt(log.origin, tuple(key.verifier for key in keys.signers()), items)


def has_receipt(signature: Signature) -> bool:
    """Whether a receipt of this signature can be had by now, or within moments."""
    return signature.state == State.LISTED and signature.entry is not None and signature.entry.index is not None


def send_receipts(at: datetime) -> int:
    """Tell those who have entered the log where their receipt is; how many notes it wrote.

    Nobody whose letter is to be forgotten: its key, which opens their mailboxes, goes before they do.
    """
    told = 0
    faults = Faults("logs")
    kept = Letter.objects.filter(keep_until__gte=at.date())
    for log in Log.objects.filter(opened_at__isnull=False, origin__in=kept.values("origin")):
        with faults.set_aside():
            while batch := _send(log, at):
                told += len(batch)
    faults.rise()
    return told


@transaction.atomic
def _send(log: Log, at: datetime) -> list[Signature]:
    """To some of those whom the published log has by now: its head goes with the mail, and must speak of them."""
    folder = folder_of(log)
    head = published(log)
    if head is None:
        return []
    due = Signature.objects.filter(
        state=State.LISTED,
        visibility=Visibility.PUBLIC,
        confirmed_at__isnull=False,  # who was listed on the coalition's word is not told of what they did
        receipted_at=None,
        entry__log=log,
        entry__index__lt=head.size,
    ).order_by("listed_at")
    if connection.vendor == "postgresql":
        due = due.select_for_update(of=("self",), skip_locked=True)
    batch = list(due[:BATCH])
    mailboxes = _mailboxes([signature.pk for signature in batch])
    line = shorten(folder.read(CHECKPOINT))
    notes = [
        outbox.NewNote(
            mailboxes[row.pk],
            str(row.letter_id),
            row.language,
            "receipt",
            {"link": private_link(row.pk, at), "checkpoint": line},
            row.pk,
        )
        for row in batch
        if row.pk in mailboxes
    ]
    outbox.put(notes, at)
    Signature.objects.filter(pk__in=[row.pk for row in batch]).update(receipted_at=at)
    return batch


def _entries_about(entry: Entry) -> QuerySet[Entry]:
    return Entry.objects.filter(Q(pk=entry.pk) | Q(undoes=entry, event=Event.AMENDED), index__isnull=False)


def _item(signature: Signature, log: Log, entry: Entry) -> Item:
    folder = folder_of(log)
    [[line]] = lines_of(log.pk, entry.index or 0, (entry.index or 0) + 1)
    opened = _opening(signature, entry)
    # What was shown when it was written may have been amended since: then a later entry opens, and this one does not.
    fits = opened is not None and opened.opens(Line.parse(line))
    return Item(line, prove(entry.index or 0, folder.read(CHECKPOINT), folder.read), opened if fits else None)


def _opening(signature: Signature, entry: Entry) -> Opened | None:
    kept = Opening.objects.filter(pk=entry.pk).first()
    if kept is None:
        return None
    if kept.nonce:
        return Opened(bytes(kept.salt), bytes(kept.nonce), is_nonce=True)
    signatory = Signatory.objects.filter(pk=signature.pk).first()
    return Opened(bytes(kept.salt), record_of(signature, signatory)) if signatory else None


def _mailboxes(signatures: Sequence[UUID]) -> dict[UUID, EmailAddress]:
    """The mailboxes of these signatures that the server can open."""
    rows = Mailbox.objects.select_related("signature").filter(pk__in=signatures, is_sealed_to_coalition=False)
    return {
        row.pk: EmailAddress.parse(
            unseal(settings.KEYS.letter_key(row.signature.letter_id), bytes(row.sealed), "mailbox")
        )
        for row in rows
    }
