"""Filling a site's records with signatures, by a few statements: what a letter looks like that millions signed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import LiteralString, cast

import psycopg
from psycopg import sql

from benchmark.bodies import COUNTRIES, names
from benchmark.records import Records


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the two databases say differently. `i` is the number of the row, from 1."""

    series: str
    identity: str
    digest: str
    moment: str
    hour: str
    no: str
    yes: str
    nothing: str


POSTGRESQL = Dialect(
    series="generate_series(1, {rows}) AS n(i)",
    identity="gen_random_uuid()",
    digest="sha256(int8send(i::bigint))",
    moment="now() - i * interval '10 milliseconds'",
    hour="date_trunc('hour', now())",
    no="false",
    yes="true",
    nothing="''::bytea",
)
SQLITE = Dialect(
    series="(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {rows}) SELECT i FROM n)",
    identity="lower(hex(randomblob(16)))",
    digest="randomblob(32)",
    moment="datetime('now', '-' || (i / 100) || ' seconds')",
    hour="strftime('%Y-%m-%d %H:00:00', 'now')",
    no="0",
    yes="1",
    nothing="x''",
)

LOG = "SELECT id FROM ledger_log"
LETTER = "SELECT id FROM letters_letter"
VERSION = "SELECT {} FROM letters_version"
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('signing_signature', 'signing_signatory')
        AND indexname NOT IN (SELECT conname FROM pg_constraint)"""
LAST = "SELECT max(id) FROM ledger_entry"


def add_waiting_entries(records: Records, rows: int, kind: str = "supporter") -> int:
    """Have so many entries of one kind wait in the one log; they follow the one whose id is returned."""
    dialect, last = _dialect(records), records.number(LAST)
    records.do(f"""
        INSERT INTO ledger_entry (log_id, event, kind, version, hour, commitment)
        SELECT ({LOG}), 'signed', '{kind}', ({VERSION.format("digest")}), {dialect.hour}, {dialect.digest}
        FROM {dialect.series.format(rows=rows)}""")
    return last


def fill(records: Records, rows: int, named: int) -> None:
    """Have `rows` supporters listed under the one letter, `named` of them by name and the others counted only, each
    with an entry of its log that waits to be numbered."""
    first = add_waiting_entries(records, named)
    second = add_waiting_entries(records, rows - named, "hidden")
    last = records.number(LAST)
    dialect = _dialect(records)
    statements = [
        *_statements(dialect, _filled(first, first, second), are_named=True),
        *_statements(dialect, _filled(first, second, last), are_named=False),
    ]
    if records.is_sqlite:
        for statement in statements:
            records.do(statement)
    else:
        _fill_at_once(records.url, statements)


def _fill_at_once(url: str, statements: Sequence[str]) -> None:
    """Without what costs most where nothing can go wrong: checks of foreign keys, and indexes that grow row by row."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '512MB'")
        indexes = connection.execute(INDEXES).fetchall()
        for name, _ in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        for statement in (*statements, *(definition for _, definition in indexes)):
            connection.execute(cast(LiteralString, statement))
        connection.execute("VACUUM ANALYZE")  # as autovacuum would have done long before there were so many


def _dialect(records: Records) -> Dialect:
    return SQLITE if records.is_sqlite else POSTGRESQL


def _statements(dialect: Dialect, filled: str, *, are_named: bool) -> Iterator[str]:
    nonce = dialect.nothing if are_named else dialect.digest
    visibility, country = ("public", _choice(COUNTRIES)) if are_named else ("counted-only", "''")
    yield f"""
        INSERT INTO ledger_opening (entry_id, salt, nonce)
        SELECT id, {dialect.digest}, {nonce} FROM ({filled}) AS filled"""
    yield f"""
        INSERT INTO signing_signature (id, letter_id, version_id, kind, visibility, state, language, consent_digest,
            mailbox_digest, person_digest, country, entry_id, created_at, confirmed_at, listed_at, receipted_at,
            reminders)
        SELECT {dialect.identity}, ({LETTER}), ({VERSION.format("id")}), 'supporter', '{visibility}', 'listed', 'en',
            {dialect.digest}, {dialect.digest}, {dialect.digest}, {country}, id,
            {dialect.moment}, {dialect.moment}, {dialect.moment}, {dialect.moment}, 0
        FROM ({filled}) AS filled"""
    signatures = f"signing_signature JOIN ({filled}) AS filled ON entry_id = filled.id"
    yield f"""
        INSERT INTO signing_mailbox (signature_id, sealed, is_sealed_to_coalition)
        SELECT signing_signature.id, {dialect.digest}, {dialect.no if are_named else dialect.yes} FROM {signatures}"""
    if are_named:
        yield f"""
            INSERT INTO signing_signatory (signature_id, name, names, latin, sort_key, website, seat, representative,
                office, role, roles, is_former, affiliation, affiliations)
            SELECT signing_signature.id, {_choice(names())}, '{{}}', '', '', '', '', '', '', '', '{{}}', {dialect.no},
                '', '{{}}'
            FROM {signatures}"""
    else:
        yield f"""
            INSERT INTO signing_sealedname (signature_id, sealed)
            SELECT signing_signature.id, {dialect.digest} FROM {signatures}"""


def _filled(before: int, after: int, until: int) -> str:
    """The entries after the one, up to the other, and their numbers, counted from those `before` all that was added."""
    return f"SELECT id, id - {before} AS i FROM ledger_entry WHERE id > {after} AND id <= {until}"


def _choice(texts: tuple[str, ...]) -> str:
    """One of `texts`, by the number of the row."""
    quoted = [text.replace("'", "''") for text in texts]
    cases = " ".join(f"WHEN {number} THEN '{text}'" for number, text in enumerate(quoted))
    return f"CASE i % {len(texts)} {cases} END"
