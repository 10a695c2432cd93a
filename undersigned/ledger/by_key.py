"""Finding many rows by their keys, in the least time that Django and PostgreSQL can take for it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

M = TypeVar("M", bound=Model)

_SET = """
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)
"""


def find_by_key() -> None:
    """For the rest of this transaction, where all that is asked for has its key or another index.

    PostgreSQL plans by statistics that are older than a rush, and would read whole tables that it takes for small.
    Worst is how it sees whether a row exists to which another one refers: it plans that once and keeps the plan as long
    as the connection, so that each confirmation would read all entries that were written since.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_SET)


@contextmanager
def reading_by_key() -> Iterator[None]:
    """The same for what is only read; on SQLite without a transaction, which would wait for the place of the one who
    writes."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        find_by_key()
        yield


def among(rows: QuerySet[M], keys: Iterable[int | UUID | bytes], column: str = "pk") -> QuerySet[M]:
    """Those of `rows` with these keys, written out: parameters take longer, and there may not be any number of them."""
    listed = written(keys)
    return rows.filter(**{f"{column}__in": RawSQL(listed, ())}) if listed else rows.none()  # noqa: S611  see below


def written(keys: Iterable[int | UUID | bytes]) -> str:
    """`keys` for a list in SQL: nothing but numbers, and hexadecimal digits in quotes."""
    return ", ".join(map(_written, keys))


def _written(key: int | UUID | bytes) -> str:
    if isinstance(key, bytes):
        return rf"'\x{key.hex()}'" if connection.vendor == "postgresql" else f"x'{key.hex()}'"
    return f"'{key.hex}'" if isinstance(key, UUID) else str(int(key))
