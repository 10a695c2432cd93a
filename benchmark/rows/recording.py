"""The log: its tree beside bare hashing, and its sequencer beside a bare INSERT."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

import psycopg

from benchmark.fill import add_waiting_entries
from benchmark.ground import Ground
from benchmark.processes import CannotMeasure
from benchmark.records import NUMBERED
from benchmark.row import Goal, Measured, Row
from undersigned.ledger.line import write
from undersigned.ledger.merkle import Edge, grow

LEAVES_A_SECOND = 200_000
BATCH = 100
ENTRIES_A_SECOND = 10_000
ROWS_A_COMMIT = 500
INSERT = """
    INSERT INTO bench_entry (log_id, "index", event, kind, version, hour, commitment)
    SELECT * FROM unnest(
        %b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::bytea[], %b::timestamptz[], %b::bytea[])"""


def merkle_vs_sha256(ground: Ground) -> Measured:
    lines = [_line(number) for number in range(ground.pace.scaled(LEAVES_A_SECOND))]
    pair = ground.contest(lambda: _rate(_append, lines), lambda: _rate(_hash, lines))
    figures = {"append and root, leaves/s": pair.first, "SHA-256/s": pair.second}
    return Measured.of(pair.ratio, figures, f"entries of {len(lines[0])} bytes, {BATCH} a batch")


def _append(lines: list[bytes]) -> None:
    edge = Edge()
    for start in range(0, len(lines), BATCH):
        edge = grow(edge, lines[start : start + BATCH]).edge
        _ = edge.root


def _hash(lines: list[bytes]) -> None:
    _ = [sha256(line).digest() for line in lines]


def _line(number: int) -> bytes:
    """An entry of a supporter, as it stands in the log."""
    return write("signed", "supporter", b"\xaa" * 32, "2026-11-10T12Z", sha256(b"%d" % number).digest(), None)


def _rate(act: Callable[[list[bytes]], None], lines: list[bytes]) -> float:
    start = time.perf_counter()
    act(lines)
    return len(lines) / (time.perf_counter() - start)


def sequencing_vs_insert(ground: Ground) -> Measured:
    """A site that does not serve, so that nobody else numbers what waits there."""
    site, entries = ground.idle_site("postgresql"), ground.pace.scaled(ENTRIES_A_SECOND)

    def sequence() -> float:
        add_waiting_entries(site.records, entries)
        before = site.records.number(NUMBERED)
        seconds = float(site.errand("sequence"))
        if site.records.number(NUMBERED) != before + entries:
            raise CannotMeasure("not all entries were numbered")
        return entries / seconds

    site.records.do("CREATE TABLE bench_entry (LIKE ledger_entry INCLUDING ALL)")
    pair = ground.contest(sequence, lambda: _insert(site.records.url, entries))
    return Measured.of(pair.ratio, {"sequenced/s": pair.first, "inserted/s": pair.second})


def _insert(url: str, entries: int) -> float:
    """Rows a second, so many a commit."""
    hour, chance = datetime.now(UTC).replace(minute=0, second=0, microsecond=0), secrets.token_bytes(32)
    first = time.time_ns()
    batches = [_columns(first + start, hour, chance) for start in range(0, entries, ROWS_A_COMMIT)]
    with psycopg.connect(url, autocommit=True) as connection:
        start = time.monotonic()
        for columns in batches:
            connection.execute(INSERT, columns, prepare=True)
        return len(batches) * ROWS_A_COMMIT / (time.monotonic() - start)


def _columns(first: int, hour: datetime, chance: bytes) -> tuple[list[object], ...]:
    """The columns of one commit's rows, made before the time is taken."""
    count, numbers = ROWS_A_COMMIT, range(first, first + ROWS_A_COMMIT)
    commitments: list[object] = [sha256(chance + b"%d" % number).digest() for number in numbers]
    said = ([1] * count, list(numbers), ["signed"] * count, ["supporter"] * count, [b"\xaa" * 32] * count)
    return (*(list[object](column) for column in said), [hour] * count, commitments)


ROWS = (
    Row(
        "sequencing_vs_insert",
        f"entries numbered, hashed, counted, signed for and published, on the disk ÷ bare INSERT … unnest,"
        f" {ROWS_A_COMMIT} rows a commit",
        Goal(0.5),
        sequencing_vs_insert,
    ),
    Row(
        "merkle_vs_sha256",
        f"append and root in batches of {BATCH} ÷ one SHA-256 a leaf",
        Goal(0.35),
        merkle_vs_sha256,
    ),
)
