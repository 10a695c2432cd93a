"""The sequencer: gives waiting entries their index and keeps the tally, in one transaction."""

import secrets
from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Case, F, When

from undersigned.ledger.events import EFFECT, Event, Tallied
from undersigned.ledger.models import Entry, Log, Tally

BATCH = 512
FIRST = (Event.VERSION_FROZEN, Event.RELEASED)


@transaction.atomic
def sequence(log_id: int, *, hidden_batch: int) -> int:
    """Number the entries that wait in an opened log and count them; how many it numbered.

    Entries of hidden signatories wait until at least `hidden_batch` of them can be numbered together, in an
    order drawn by lot, so that no index tells when somebody signed.
    """
    # no_key: whoever writes entries meanwhile refers to this row, and need not wait for it
    log = Log.objects.select_for_update(no_key=True).get(pk=log_id)
    if log.opened_at is None:
        return 0
    entries = _next(log, hidden_batch)
    for index, entry in enumerate(entries, start=log.size):
        entry.index = index
    Entry.objects.bulk_update(entries, ["index"])
    _count(log, entries)
    Log.objects.filter(pk=log.pk).update(size=log.size + len(entries))
    return len(entries)


def _next(log: Log, hidden_batch: int) -> list[Entry]:
    first = Case(When(event__in=FIRST, then=0), default=1)
    waiting = Entry.objects.select_for_update().filter(log=log, index=None).order_by(first, "id")
    named = list(waiting.exclude(kind=Tallied.HIDDEN)[:BATCH])
    hidden = list(waiting.filter(kind=Tallied.HIDDEN)[: max(BATCH, hidden_batch)])
    if len(hidden) < hidden_batch:
        return named
    secrets.SystemRandom().shuffle(hidden)
    return named + hidden


def _count(log: Log, entries: Sequence[Entry]) -> None:
    changes: Counter[tuple[str, bytes]] = Counter()
    for entry in entries:
        if entry.kind and entry.event in EFFECT:
            changes[entry.kind, bytes(entry.version)] += EFFECT[entry.event]
    for (kind, version), change in changes.items():
        Tally.objects.get_or_create(log=log, kind=kind, version=version)
        Tally.objects.filter(log=log, kind=kind, version=version).update(count=F("count") + change)
