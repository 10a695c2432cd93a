"""The sequencer: gives waiting entries their index, counts them, and signs the new head, in one transaction."""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from undersigned.ledger import head
from undersigned.ledger.by_key import find_by_key
from undersigned.ledger.events import EFFECT
from undersigned.ledger.line import hour_in, write
from undersigned.ledger.merkle import grow
from undersigned.ledger.models import Log, Tally
from undersigned.ledger.numbered import HOUR

BATCH = 4096
"""Entries of one transaction: enough to be fast, few enough to let others write (on SQLite they wait)."""

# Events and kinds stand in the text of the queries, as in the indexes of what waits: SQLite uses a partial index only
# for what it can read there.
NAMED = "NOT (e.kind = 'hidden')"
HIDDEN = "e.kind = 'hidden'"
FIRST = "e.event IN ('version-frozen', 'released')"

# “BETWEEN”, and the order by both columns: only the indexes of what waits give that order. By the key alone the planner
# may walk over all that is numbered already, in each batch again.
_WAITING = """
SELECT e.id, e.event, e.kind, e.version, {hour}, e.commitment, e.undoes_id, about."index"
FROM ledger_entry e LEFT JOIN ledger_entry about ON about.id = e.undoes_id
WHERE e.log_id BETWEEN %s AND %s AND e."index" IS NULL AND {which} ORDER BY e.log_id, e.id LIMIT %s
"""
_NUMBER = """
UPDATE ledger_entry SET "index" = %s + new.place, hour = coalesce(%s, hour)
FROM unnest(%s::bigint[]) WITH ORDINALITY AS new (id, place) WHERE ledger_entry.id = new.id
"""
_NUMBER_ONE = 'UPDATE ledger_entry SET "index" = %s, hour = coalesce(%s, hour) WHERE id = %s'


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that were numbered together: the index of the first, and the bytes of all. After a full one more may
    wait."""

    first: int = 0
    lines: Sequence[bytes] = ()
    is_full: bool = False

    def __len__(self) -> int:
        return len(self.lines)


class _Waiting(NamedTuple):
    """An entry without an index; `about` is that of the entry that it undoes or amends, where that has one."""

    pk: int
    event: str
    kind: str
    version: bytes
    hour: str
    commitment: bytes
    undoes: int | None
    about: int | None


@transaction.atomic
def sequence(log_id: int, *, hidden_batch: int) -> Batch:
    """Number the next entries that wait in an opened log, count them, and sign the log's new head.

    Entries of hidden signatories wait until at least `hidden_batch` of them can be numbered together, in an
    order drawn by lot and with one hour for all, so that nothing tells when somebody signed.
    Nothing is numbered where the published log is not the beginning of this one: LogRefused.
    """
    find_by_key()
    # no_key: whoever writes entries meanwhile refers to this row, and need not wait for it
    log = Log.objects.select_for_update(no_key=True).get(pk=log_id)
    if log.opened_at is None:
        return Batch()
    named, hidden = _named(log), _hidden(log, hidden_batch)
    if not named and not hidden:
        return Batch()
    _begin(log)
    head.continued(log)
    entries = named + hidden
    batch = Batch(log.size, _lines(log.size, entries), is_full=max(len(named), len(hidden)) >= BATCH)
    _number(named, log.size)
    _number(hidden, log.size + len(named), hour_in(hidden[0].hour) if hidden else None)
    count(log, [(one.event, one.kind, one.version) for one in entries])
    edge = grow(head.edge_of(log), batch.lines).edge
    Log.objects.filter(pk=log.pk).update(size=edge.size)
    head.sign_head(log, edge)
    return batch


def _named(log: Log) -> list[_Waiting]:
    """What stands under a name, in its order; a log begins with its text and its release, whoever signed before."""
    if log.size:
        return _take(log, NAMED, BATCH)
    return _take(log, f"{NAMED} AND {FIRST}", BATCH) + _take(log, f"{NAMED} AND NOT {FIRST}", BATCH)


def _hidden(log: Log, least: int) -> list[_Waiting]:
    """A batch of hidden entries, shuffled, each with the last hour of them all; none where they are too few."""
    found = _take(log, HIDDEN, max(BATCH, least))
    if not found or len(found) < least:
        return []
    secrets.SystemRandom().shuffle(found)
    hour = max(entry.hour for entry in found)
    return [entry._replace(hour=hour) for entry in found]


def _take(log: Log, which: str, most: int) -> list[_Waiting]:
    """The waiting entries of one sort, in the order in which they came; nobody takes them back meanwhile."""
    lock = "" if connection.vendor == "sqlite" else " FOR UPDATE OF e"  # SQLite has one writer at a time
    with connection.cursor() as cursor:
        cursor.execute(_WAITING.format(which=which, hour=HOUR[connection.vendor]) + lock, [log.pk, log.pk, most])
        return [_Waiting(*row) for row in cursor.fetchall()]


def _lines(first: int, entries: Sequence[_Waiting]) -> list[bytes]:
    """The bytes of `entries`, which are numbered from `first` on."""
    places = {entry.pk: index for index, entry in enumerate(entries, start=first)}
    return [
        write(
            entry.event,
            entry.kind,
            entry.version,
            entry.hour,
            entry.commitment,
            entry.about if entry.about is not None or entry.undoes is None else places[entry.undoes],
        )
        for entry in entries
    ]


def _number(entries: Sequence[_Waiting], first: int, hour: datetime | None = None) -> None:
    """Give `entries` their index, from `first` on, and all of them one hour, if one is given."""
    if not entries:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            keys = ",".join([str(entry.pk) for entry in entries])  # psycopg takes ten times as long to write a list
            cursor.execute(_NUMBER, [first - 1, hour, f"{{{keys}}}"])
        else:
            numbers = enumerate(entries, start=first)
            cursor.executemany(_NUMBER_ONE, [(index, hour, entry.pk) for index, entry in numbers])


def count(log: Log, entries: Iterable[tuple[str, str, bytes]]) -> None:
    """Add to the tallies of `log` what entries do to them, each told by its event, kind and version."""
    changes: Counter[tuple[str, bytes]] = Counter()
    for (event, kind, version), times in Counter(entries).items():
        if kind and event in EFFECT:
            changes[kind, version] += EFFECT[event] * times
    for (kind, version), change in changes.items():
        tally = {"log": log, "kind": kind, "version": version}
        if not Tally.objects.filter(**tally).update(count=F("count") + change):
            Tally.objects.create(**tally, count=change)


def _begin(log: Log) -> None:
    """Give a log that nobody has signed yet its first key, if its letter did not bring it."""
    if log.opened_at and head.latest(log) is None:
        head.keys_of(log).begin(log.opened_at)
