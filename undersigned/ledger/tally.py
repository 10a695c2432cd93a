"""The count of a letter is its log's count."""

from dataclasses import dataclass

from django.db.models import Sum

from undersigned.ledger.events import EFFECT, Tallied
from undersigned.ledger.models import Entry, Log, Tally


@dataclass(frozen=True, slots=True)
class Counts:
    """How many stand in a log, by kind; nobody is in two of them."""

    organisations: int = 0
    persons: int = 0
    supporters: int = 0
    hidden: int = 0

    @property
    def total(self) -> int:
        return self.organisations + self.persons + self.supporters + self.hidden


def counts(log: Log) -> Counts:
    """The counts as the sequencer keeps them: a read of a handful of rows, however long the log is."""
    rows = Tally.objects.filter(log=log).values_list("kind").annotate(Sum("count"))
    return _counts({kind: count for kind, count in rows})


def counts_at(origin: str) -> tuple[int, Counts]:
    """The size of the log called `origin`, and the counts at that very size, both as of one moment."""
    rows = Log.objects.filter(origin=origin).values_list("size", "tallies__kind").annotate(Sum("tallies__count"))
    found = list(rows)
    return found[0][0], _counts({kind: count or 0 for _size, kind, count in found})


def recount(log: Log) -> Counts:
    """The counts worked out anew from every numbered entry, as a stranger would."""
    by_kind: dict[str, int] = {}
    for kind, event in Entry.objects.filter(log=log, index__isnull=False).values_list("kind", "event").iterator():
        by_kind[kind] = by_kind.get(kind, 0) + EFFECT.get(event, 0)
    return _counts(by_kind)


def _counts(by_kind: dict[str, int]) -> Counts:
    return Counts(
        by_kind.get(Tallied.ORGANISATION, 0),
        by_kind.get(Tallied.PERSON, 0),
        by_kind.get(Tallied.SUPPORTER, 0),
        by_kind.get(Tallied.HIDDEN, 0),
    )
