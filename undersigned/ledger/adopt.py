"""Taking into the record what was published and the record has lost, because an older backup of it was restored."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from undersigned.ledger import head
from undersigned.ledger.by_key import among
from undersigned.ledger.entries import close
from undersigned.ledger.events import EFFECT, Event
from undersigned.ledger.folder import CHECKPOINT, LogFolder
from undersigned.ledger.insert import insert_numbered
from undersigned.ledger.line import Line
from undersigned.ledger.merkle import grow
from undersigned.ledger.models import Checkpoint, Entry, Log
from undersigned.ledger.sequence import count
from undersigned.ledger.tiles import WIDTH, bundle_path, entries_of, tiles_of
from undersigned.lib.refusal import gettext_noop


class EntriesUnreadable(head.LogRefused):
    code = "entries-unreadable"
    message = gettext_noop(
        "The published entries of the log “%(origin)s” are damaged, or not all there. Nothing was taken into the "
        "record. Fetch the files of the log from a mirror or from the site itself, and try again."
    )


@dataclass(slots=True)
class Adopted:
    """What a log has taken over: how many entries; which of them count, by key; and the keys of those that count no
    more, and of those that were amended."""

    number: int = 0
    counting: dict[int, Entry] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)
    amended: set[int] = field(default_factory=set)

    def add(self, entry: Entry) -> None:
        self.number += 1
        if entry.event == Event.SIGNED:
            self.counting[entry.pk] = entry
        if entry.undoes is None:
            return
        about, effect = entry.undoes, EFFECT.get(entry.event, 0)
        if effect < 0:
            self.undone.add(about.pk)
            self.counting.pop(about.pk, None)
        elif effect > 0:
            self.undone.discard(about.pk)
            self.counting[about.pk] = about
        elif entry.event == Event.AMENDED:
            self.amended.add(about.pk)


@transaction.atomic
def adopt(log_id: int) -> Adopted:
    """Number in the record what the published log has beyond it.

    What waited in the record and was published meanwhile gets the index that it was published with. Nothing opens the
    others: what their commitments cover is lost. Nothing is taken that a key of ours has not signed, or that does not
    go on from what is on record: HeadUnknown, LogForked, EntriesUnreadable.
    """
    log = Log.objects.select_for_update(no_key=True).get(pk=log_id)
    folder = head.folder_of(log)
    out = head.published(log)
    adopted = Adopted()
    if out is None or out.size <= log.size:
        head.continued(log)
        return adopted
    edge, record = head.edge_of(log), _Record(log)
    for first, lines in _beyond(folder, log, out.size):
        edge = grow(edge, lines).edge
        for entry in record.take_in(first, lines):
            adopted.add(entry)
    if edge.root != out.root:
        raise head.LogForked(origin=log.origin, published=out.size)
    _let_go(log, adopted.undone)
    Log.objects.filter(pk=log.pk).update(size=edge.size)
    Checkpoint.objects.create(log=log, size=edge.size, edge=edge.raw, note=folder.read(CHECKPOINT))
    return adopted


def _beyond(folder: LogFolder, log: Log, end: int) -> Iterator[tuple[int, list[bytes]]]:
    """The published entries from the end of the record to before `end`, a bundle at a time: its first index, and they.

    EntriesUnreadable where a bundle is missing or damaged.
    """
    for number, width in tiles_of(0, end, first=log.size // WIDTH):
        try:
            lines = entries_of(folder.read(bundle_path(number, width)))
        except (OSError, ValueError):
            raise EntriesUnreadable(origin=log.origin) from None
        if len(lines) != width:
            raise EntriesUnreadable(origin=log.origin)
        first = max(log.size, number * WIDTH)
        yield first, lines[first - number * WIDTH :]


class _Record:
    """A log as the record has it, and what waits in it, by commitment: no two entries share one."""

    def __init__(self, log: Log) -> None:
        self.log = log
        waiting = log.entries.select_for_update().filter(index=None)
        self.waiting = {bytes(entry.commitment): entry for entry in waiting}

    def take_in(self, first: int, lines: Sequence[bytes]) -> list[Entry]:
        """Number these entries from `first` on, and count them."""
        try:
            parsed = [Line.parse(line) for line in lines]
        except ValueError:
            raise EntriesUnreadable(origin=self.log.origin) from None
        entries = [self._entry(index, line) for index, line in enumerate(parsed, start=first)]
        self._store(entry for entry, line in zip(entries, parsed, strict=True) if line.about is None)
        about = self._at({line.about for line in parsed if line.about is not None})
        for entry, line in zip(entries, parsed, strict=True):
            if line.about is not None:
                entry.undoes = about[line.about]
        self._store(entry for entry, line in zip(entries, parsed, strict=True) if line.about is not None)
        count(self.log, [(line.event, line.kind, line.version) for line in parsed])
        return entries

    def _entry(self, index: int, line: Line) -> Entry:
        entry = self.waiting.get(line.commitment) or Entry(
            log=self.log, event=line.event, kind=line.kind, version=line.version, commitment=line.commitment
        )
        entry.index, entry.hour = index, line.hour
        return entry

    def _at(self, indexes: set[int]) -> dict[int, Entry]:
        """The entries at these indexes; EntriesUnreadable where one is not there yet."""
        found = {entry.index: entry for entry in self.log.entries.filter(index__in=indexes) if entry.index is not None}
        if found.keys() != indexes:
            raise EntriesUnreadable(origin=self.log.origin)
        return found

    def _store(self, entries: Iterable[Entry]) -> None:
        rows = list(entries)
        insert_numbered(entry for entry in rows if entry.pk is None)
        Entry.objects.bulk_update([entry for entry in rows if entry.pk], ["index", "hour"])


def _let_go(log: Log, undone: set[int]) -> None:
    """Of what was undone nothing can be opened any more, and nothing that waits can amend or undo it again."""
    close(sorted(undone))
    among(log.entries.filter(index=None), undone, "undoes").delete()
