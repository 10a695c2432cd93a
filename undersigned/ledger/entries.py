"""Writing entries: they wait unnumbered until the sequencer takes them up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.insert import insert, insert_numbered
from undersigned.ledger.line import NONCE_BYTES, SALT_BYTES, commitment
from undersigned.ledger.models import Entry, Opening
from undersigned.lib.clock import hour_of
from undersigned.lib.randomness import random_bytes


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be written. `record` is what its commitment covers; None hides who signed: a nonce stands in."""

    log_id: int
    event: Event
    version: bytes
    kind: Tallied = Tallied.NONE
    record: bytes | None = b""
    undoes: Entry | None = None


def append(batch: Sequence[NewEntry], at: datetime) -> list[Entry]:
    """The entries of `batch`, waiting in their logs, in the same order; with what opens their commitments."""
    secret = [_secret(new) for new in batch]
    entries = [
        Entry(
            log_id=new.log_id,
            event=new.event,
            kind=new.kind,
            version=new.version,
            hour=hour_of(at),
            commitment=commitment(salt, nonce or new.record or b""),
            undoes_id=new.undoes.pk if new.undoes else None,
        )
        for new, (salt, nonce) in zip(batch, secret, strict=True)
    ]
    insert_numbered(entries)
    insert(
        Opening(entry_id=entry.pk, salt=salt, nonce=nonce) for entry, (salt, nonce) in zip(entries, secret, strict=True)
    )
    return entries


def _secret(new: NewEntry) -> tuple[bytes, bytes]:
    """A salt, and the nonce that stands in for a record, if there is none."""
    return random_bytes(SALT_BYTES), random_bytes(NONCE_BYTES) if new.record is None else b""


def undo(entries: Sequence[Entry], event: Event, at: datetime) -> None:
    """Undo what `entries` counted: those still waiting vanish, the numbered ones get an entry that names them.

    The rows are locked first, so that the sequencer cannot number an entry while it is being taken back.
    What opened their commitments, and those of their amendments, is destroyed.
    """
    counted = {entry.pk for entry in entries}
    locked = list(_with_amendments(counted).select_for_update().order_by("pk"))
    close(counted)
    append([_undoing(entry, event) for entry in locked if entry.pk in counted and entry.index is not None], at)
    for entry in reversed(locked):  # amendments go before what they amend
        if entry.index is None:
            entry.delete()


def close(entries: Collection[int]) -> None:
    """Destroy what opens the commitments of these entries and of their amendments: the entries stay."""
    Opening.objects.filter(entry__in=_with_amendments(entries)).delete()


def _with_amendments(entries: Collection[int]) -> QuerySet[Entry]:
    return Entry.objects.filter(Q(pk__in=entries) | Q(event=Event.AMENDED, undoes__in=entries))


def _undoing(entry: Entry, event: Event) -> NewEntry:
    return NewEntry(entry.log_id, event, bytes(entry.version), Tallied(entry.kind), None, entry)
