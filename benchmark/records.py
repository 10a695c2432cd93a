"""Looking into a site's records from outside, on either database."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one site: a PostgreSQL URL, or SQLite's file where that is empty."""

    url: str
    file: Path

    @property
    def is_sqlite(self) -> bool:
        return not self.url

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What `query`, which we wrote ourselves, finds."""
        connect: Callable[[], Any] = self._sqlite if self.is_sqlite else self._postgresql
        with closing(connect()) as connection:
            return [tuple(row) for row in connection.execute(query).fetchall()]

    def number(self, query: str) -> int:
        """The one number that `query` finds."""
        return int(self.rows(query)[0][0])

    def do(self, statement: str) -> None:
        """Change the records by one statement, which we wrote ourselves."""
        connect: Callable[[], Any] = self._sqlite if self.is_sqlite else self._postgresql
        with closing(connect()) as connection:
            connection.execute(statement)

    def _sqlite(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, timeout=60, isolation_level=None)

    def _postgresql(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url, autocommit=True)


STORED = "SELECT (SELECT count(*) FROM signing_arrival) + (SELECT count(*) FROM signing_signature)"
"""Sign-ons that were just taken at the door, and those that were taken in."""

ARRIVED = "SELECT count(*) FROM signing_arrival"
LISTED = "SELECT count(*) FROM signing_signature WHERE state = 'listed' AND entry_id IS NOT NULL"
NUMBERED = 'SELECT count(*) FROM ledger_entry WHERE "index" IS NOT NULL'
