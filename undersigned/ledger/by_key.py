"""Having PostgreSQL find rows by their keys, whatever it believes of how many there are."""

from django.db import connection

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
