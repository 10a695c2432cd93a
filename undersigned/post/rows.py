"""Many rows at a time, in SQL that SQLite and PostgreSQL both speak.

To write and claim hundreds of rows one by one, Django takes several times as long as the database does.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import connection

from undersigned.ledger.by_key import written

DAY = timedelta(days=1)


def claim_day(
    whom: Literal["post_note", "post_mail"], keys: Collection[int], at: datetime, *, unless_since: datetime
) -> set[bytes]:
    """Write down that the audiences of these notes or mails are written to `at`; those for whom it was done.

    Not for those who were written to after `unless_since`: of two processes that ask for the same, one is told of it.
    """
    # In one order, whoever claims: otherwise two processes could each wait for what the other has.
    claim = f"""
        INSERT INTO post_mailed (audience, at)
        SELECT DISTINCT audience, %s FROM {whom} WHERE id IN ({written(keys)}) ORDER BY audience
        ON CONFLICT (audience) DO UPDATE SET at = excluded.at WHERE post_mailed.at <= %s
        RETURNING audience"""  # noqa: S608  nothing but numbers
    return {bytes(audience) for (audience,) in _execute(claim, [_moment(at), _moment(unless_since)])} if keys else set()


def insert_mails(sealed: Mapping[int, bytes], at: datetime) -> None:
    """Write mails that wait to be tried from `at` on: sealed texts by the note whose audience and topic they have."""
    insert = f"""
        WITH made (note, sealed) AS (VALUES {", ".join(f"({int(note)}, %s)" for note in sealed)})
        INSERT INTO post_mail (audience, topic, sealed, state, created_at, next_attempt_at, attempts)
        SELECT post_note.audience, post_note.topic, made.sealed, 'waiting', %s, %s, 0
        FROM made JOIN post_note ON post_note.id = made.note ORDER BY post_note.id"""  # noqa: S608  the same
    if sealed:
        _execute(insert, [*sealed.values(), _moment(at), _moment(at)])


def postpone(moments: Mapping[int, datetime]) -> None:
    """Have each of these mails, while it waits, be tried at its own moment."""
    update = f"""
        WITH later (mail, moment) AS (VALUES {", ".join(f"({int(mail)}, %s)" for mail in moments)})
        UPDATE post_mail SET next_attempt_at = later.moment
        FROM later WHERE post_mail.id = later.mail AND post_mail.state = 'waiting'"""  # noqa: S608  the same
    if moments:
        _execute(update, [_moment(moment) for moment in moments.values()])


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _execute(sql: str, facts: list[Any]) -> list[tuple[bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return cursor.fetchall() if cursor.description else []
