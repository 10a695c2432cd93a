"""The numbered entries of a log, as the bytes that are hashed and published."""

from collections.abc import Iterator

from django.db import connection

from undersigned.ledger.line import write

AT_ONCE = 8192

HOUR = {
    "postgresql": """to_char(e.hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24"Z"')""",
    "sqlite": "replace(substr(e.hour, 1, 13), ' ', 'T') || 'Z'",
}
"""The hour of an entry as its line has it, written by the database: reading moments costs more than all the rest."""

_NUMBERED = """
SELECT e.event, e.kind, e.version, {hour}, e.commitment, about."index"
FROM ledger_entry e LEFT JOIN ledger_entry about ON about.id = e.undoes_id
WHERE e.log_id = %s AND e."index" >= %s AND e."index" < %s ORDER BY e."index"
"""


class EntriesMissing(Exception):
    """A log has fewer entries than its own size says: somebody took rows out of the record."""


def lines_of(log_id: int, first: int, end: int) -> Iterator[list[bytes]]:
    """The entries from index `first` to before `end`, some thousands at a time; else EntriesMissing."""
    while first < end:
        stop = min(first + AT_ONCE, end)
        with connection.cursor() as cursor:
            cursor.execute(_NUMBERED.format(hour=HOUR[connection.vendor]), [log_id, first, stop])
            lines = [write(*row) for row in cursor.fetchall()]
        if len(lines) != stop - first:
            raise EntriesMissing(f"log {log_id} lacks entries between {first} and {stop}")
        yield lines
        first = stop
