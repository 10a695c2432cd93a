"""What the clock does to sign-ons: reminders, lapse, and forgetting when the time is up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from undersigned.ledger.entries import close
from undersigned.letters.models import Letter, Publication
from undersigned.letters.stages import touch
from undersigned.lib.faults import Faults
from undersigned.post import outbox
from undersigned.signing.arrivals import forget_arrivals
from undersigned.signing.models import ConfirmationCode, Signature, State
from undersigned.signing.sign import confirmation_note, new_code
from undersigned.signing.withdraw import erase, mailbox_of

BATCH = 200


def remind(at: datetime, after: Sequence[timedelta] | None = None) -> int:
    """Remind the mailboxes that have not confirmed: once per delay in `after`; how many.

    A letter whose key is missing holds up no other one; those whose signatories are being forgotten have none.
    """
    reminded = 0
    faults = Faults("letters")
    for letter in Letter.objects.filter(keep_until__gte=at.date()):
        with faults.set_aside():
            reminded += _remind_of(letter, settings.REMINDERS if after is None else after, at)
    faults.rise()
    return reminded


@transaction.atomic
def lapse(at: datetime, after: timedelta | None = None) -> int:
    """Let sign-ons lapse that nobody confirmed in time, or before the letter was archived; erase them; how many."""
    before = at - (settings.LAPSE if after is None else after)
    pending = Signature.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=State.PENDING)
    late = pending.filter(created_at__lte=before).order_by("created_at")
    over = pending.filter(letter__publication=Publication.ARCHIVED)
    ids = list({*late.values_list("pk", flat=True)[:BATCH], *over.values_list("pk", flat=True)[:BATCH]})
    outbox.take_back(ids)
    Signature.objects.filter(pk__in=ids).update(state=State.LAPSED, ended_at=at)
    erase(ids)
    return len(ids)


@transaction.atomic
def forget(at: datetime) -> int:
    """Erase what is stored of all signatories of letters whose date of keeping has passed; how many.

    What was counted stays counted, but nothing opens its entries any more; what was not yet counted lapses. What
    only just arrived goes as a whole.
    """
    due = Signature.objects.filter(letter__keep_until__lt=at.date(), signatory__isnull=False)
    hidden = Signature.objects.filter(letter__keep_until__lt=at.date(), sealed_name__isnull=False)
    ids = [*due.values_list("pk", flat=True)[:BATCH], *hidden.values_list("pk", flat=True)[:BATCH]]
    signatures = Signature.objects.filter(pk__in=ids)
    letters = set(signatures.values_list("letter_id", flat=True)) | forget_arrivals(at)
    outbox.take_back(ids)
    close(list(signatures.filter(entry__isnull=False).values_list("entry_id", flat=True)))
    signatures.filter(state__in=(State.ASKED, State.PENDING, State.CONFIRMED)).update(state=State.LAPSED, ended_at=at)
    erase(ids)
    touch(letters)
    for letter in letters:
        settings.KEYS.destroy_letter_key(letter)
    return len(ids)


@transaction.atomic
def _remind_of(letter: Letter, after: Sequence[timedelta], at: datetime) -> int:
    due = [
        row
        for count, delay in enumerate(after)
        for row in Signature.objects.select_for_update(skip_locked=True)
        .filter(letter=letter, state=State.PENDING, reminders=count, created_at__lte=at - delay)
        .order_by("created_at")[:BATCH]
    ]
    for row in due:
        _remind(row, at)
    return len(due)


def _remind(row: Signature, at: datetime) -> None:
    Signature.objects.filter(pk=row.pk).update(reminders=F("reminders") + 1)
    row.reminders += 1
    mailbox = mailbox_of(row.pk)
    if mailbox is None:
        return
    code, code_row = new_code(row.pk, at)
    ConfirmationCode.objects.filter(pk=row.pk).delete()
    code_row.save(force_insert=True)
    outbox.put([confirmation_note(row, mailbox, code, at)], at)
