"""Gathering what there is to tell a mailbox about one letter into one mail, at most once a day.

Many mailboxes at a time: their notes are read, opened and written into mails before the transaction that claims them,
so that the record is held up no longer than it takes to store the mails.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from undersigned.ledger.by_key import among, find_by_key
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.sealing import Sealer
from undersigned.post.message import Item
from undersigned.post.models import Mail, Mailed, MailState, Note
from undersigned.post.rows import DAY, claim_day, insert_mails
from undersigned.post.tidings import Tidings

AUDIENCES = 500
NOTES = 1000
MOST_ITEMS = 5
PAUSE = timedelta(hours=1)

log = logging.getLogger(__name__)


class _Noted(NamedTuple):
    """What is read of a note."""

    pk: int
    audience: bytes
    topic: str
    reference: UUID | None
    template: str
    sealed: bytes
    created_at: datetime
    is_early: bool  # its audience was written to within a day, or will be: a mail is on its way


@dataclass(frozen=True, slots=True)
class _Opened:
    note: _Noted
    mailbox: EmailAddress
    language: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A mail that will be, if its notes can be claimed. What is left out of it goes when it is made."""

    notes: Sequence[_Noted]
    left_out: Sequence[_Noted]
    sealed: bytes

    @property
    def audience(self) -> bytes:
        return bytes(self.notes[0].audience)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is to be done about the notes that were read."""

    drafts: list[_Draft] = field(default_factory=list)
    early: list[_Noted] = field(default_factory=list)  # their audience has had its mail for today
    faulty: list[_Noted] = field(default_factory=list)
    dropped: list[_Noted] = field(default_factory=list)


def gather(at: datetime) -> int:
    """Make one mail per audience that has waiting notes and may be written to today; how many mails it made.

    A batch of audiences at a time, those first that have waited longest.
    """
    notes = _due(at)
    return _store(_sort_out(notes), at) if notes else 0


def _due(at: datetime) -> list[_Noted]:
    """The notes of the audiences whose turn it is, newest first."""
    due = _waiting().filter(due_at__lte=at)
    whose_turn_it_is = due.order_by("due_at", "pk").values("audience")[:AUDIENCES]
    today = Mailed.objects.filter(audience=OuterRef("audience"), at__gt=at - DAY)
    on_its_way = Mail.objects.filter(audience=OuterRef("audience"), state=MailState.WAITING)
    notes = due.filter(audience__in=whose_turn_it_is).annotate(is_early=Exists(today) | Exists(on_its_way))
    return [_Noted._make(row) for row in notes.order_by("-pk").values_list(*_Noted._fields)[:NOTES]]


def _waiting() -> QuerySet[Note]:
    return Note.objects.filter(mail=None)


# --- Before the transaction: reading, opening, writing ----------------------------------------------------------------


def _sort_out(notes: Sequence[_Noted]) -> _Batch:
    batch = _Batch()
    sealer = Sealer(settings.KEYS.site_key("mail"))
    told, left_out = _worth_telling(_open_all(notes, sealer, batch))
    for audience, found in told.items():
        if found[0].note.is_early:
            batch.early.extend(one.note for one in found)
            batch.dropped.extend(left_out[audience])
        else:
            batch.drafts.append(_draft(found, left_out[audience], sealer))
    return batch


def _open_all(notes: Sequence[_Noted], sealer: Sealer, batch: _Batch) -> Iterator[_Opened]:
    """The notes as they were put, without decoys and without those that no key of ours opens any more."""
    for note in notes:
        try:
            plain = json.loads(sealer.unseal(bytes(note.sealed), "note"))
            opened = _Opened(note, EmailAddress(plain["mailbox"]), plain["language"], plain["facts"])
            is_decoy = plain["decoy"]
        except InvalidTag:  # another key, or no sealed text at all
            log.error("note %d cannot be opened with the mail key; it is dropped", note.pk)
            batch.dropped.append(note)
        except Exception:  # whatever is wrong with one note, the others must leave
            log.exception("note %d cannot be read; it waits", note.pk)
            batch.faulty.append(note)
        else:
            if is_decoy:
                batch.dropped.append(note)
            else:
                yield opened


def _worth_telling(opened: Iterable[_Opened]) -> tuple[dict[bytes, list[_Opened]], dict[bytes, list[_Noted]]]:
    """By audience, the newest word on each sign-on, newest first, and what is left out of it.

    At most MOST_ITEMS: whoever enters a stranger's address again and again fills no more than one mail. What is left
    out is not sent later; reminders and the desk come back to it.
    """
    told: defaultdict[bytes, dict[object, _Opened]] = defaultdict(dict)
    left_out: defaultdict[bytes, list[_Noted]] = defaultdict(list)
    for found in opened:
        audience, subject = bytes(found.note.audience), found.note.reference or found.note.template
        if subject in told[audience] or len(told[audience]) == MOST_ITEMS:
            left_out[audience].append(found.note)
        else:
            told[audience][subject] = found
    return {audience: list(subjects.values()) for audience, subjects in told.items()}, left_out


def _draft(told: Sequence[_Opened], left_out: Sequence[_Noted], sealer: Sealer) -> _Draft:
    """In the language of the newest note, to the mailbox as it was last written."""
    items = [Item(found.note.template, found.facts, found.note.created_at) for found in told]
    tidings = Tidings(told[0].mailbox, told[0].language, items)
    return _Draft([found.note for found in told], left_out, tidings.sealed(sealer))


# --- The transaction --------------------------------------------------------------------------------------------------


@transaction.atomic
def _store(batch: _Batch, at: datetime) -> int:
    """Make the mails and claim their notes and their day; how many. What another process took up is left alone."""
    find_by_key()
    _put_aside(batch, at)
    drafts = _undisturbed(batch.drafts)
    mine = claim_day("post_note", [draft.notes[0].pk for draft in drafts], at, unless_since=at - DAY)
    made = [draft for draft in drafts if draft.audience in mine]
    insert_mails({draft.notes[0].pk: draft.sealed for draft in made}, at)
    mail = Mail.objects.filter(audience=OuterRef("audience"), state=MailState.WAITING).values("pk")[:1]
    _among(chain.from_iterable(draft.notes for draft in made)).update(mail=Subquery(mail), sealed=b"")
    if left_out := [note for draft in made for note in draft.left_out]:
        _among(left_out).delete()
    return len(made)


def _put_aside(batch: _Batch, at: datetime) -> None:
    """What no mail is made of now; mostly there is nothing of the kind."""
    if batch.dropped:
        _among(batch.dropped).delete()
    if batch.early:
        _among(batch.early).update(due_at=_free_again(at))
    if batch.faulty:
        _among(batch.faulty).update(due_at=at + PAUSE)


def _among(notes: Iterable[_Noted]) -> QuerySet[Note]:
    """Those of `notes` that are still waiting."""
    return among(_waiting(), (note.pk for note in notes))


def _free_again(at: datetime) -> Coalesce:
    """When the day of a note's audience is over; where a mail has long been on its way, after a pause."""
    over = ExpressionWrapper(F("at") + DAY, output_field=DateTimeField())
    today = Mailed.objects.filter(audience=OuterRef("audience"), at__gt=at - DAY).values(over=over)
    return Coalesce(Subquery(today), at + PAUSE, output_field=DateTimeField())


def _undisturbed(drafts: Sequence[_Draft]) -> list[_Draft]:
    """The drafts none of whose notes was taken back, or taken up by another process, while they were written."""
    notes = _among(chain.from_iterable(draft.notes for draft in drafts)).select_for_update(skip_locked=True)
    there = set(notes.values_list("pk", flat=True))
    return [draft for draft in drafts if there.issuperset(note.pk for note in draft.notes)]
