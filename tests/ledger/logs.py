"""Logs to try things on, and short ways to write into them."""

import hashlib
from datetime import datetime

from tests.stage import NOON
from undersigned.ledger.entries import NewEntry, append
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.models import Entry, Log

TEXT = hashlib.sha256(b"Open the bridge.").digest()


def make_log(origin: str = "letters.example/bridge", opened_at: datetime | None = NOON) -> Log:
    """A log that takes numbers, unless `opened_at` is None."""
    return Log.objects.create(origin=origin, opened_at=opened_at)


def signed(log: Log, many: int = 1, kind: Tallied = Tallied.SUPPORTER, at: datetime = NOON) -> list[Entry]:
    """So many waiting `signed` entries of one kind."""
    record = None if kind == Tallied.HIDDEN else b"Somi"
    return append([NewEntry(log.pk, Event.SIGNED, TEXT, kind, record)] * many, at)


def amended(log: Log, entry: Entry) -> Entry:
    """A waiting entry that says that what is shown of `entry` changed."""
    [amendment] = append([NewEntry(log.pk, Event.AMENDED, TEXT, Tallied(entry.kind), b"So-mi", entry)], NOON)
    return amendment


def numbers(log: Log) -> list[int]:
    """The indexes given so far, in order of writing."""
    return [index for index in log.entries.order_by("pk").values_list("index", flat=True) if index is not None]
