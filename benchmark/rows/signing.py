"""Taking sign-ons: the whole way from the request to the commit, beside what others do with as much."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from benchmark.ground import Ground
from benchmark.petition import WORKERS, Petition
from benchmark.processes import CannotMeasure
from benchmark.row import Goal, Measured, Row
from benchmark.site import Site

MANY = 512
SOME = 128
CLIENTS = 64
CATCHING_SECONDS = 3


def sign_vs_pgbench(ground: Ground) -> Measured:
    site = ground.site("postgresql")
    script = write_insert(ground, site)
    server, url, seconds = ground.postgresql, site.records.url, ground.pace.seconds
    latencies: list[tuple[float, float]] = []

    def sign() -> float:
        load = site.sign(connections=MANY, seconds=seconds)
        latencies.append((load.p50_ms, load.p99_ms))
        return load.rate

    pair = ground.contest(sign, lambda: server.pgbench(url, script, clients=CLIENTS, seconds=seconds))
    figures = {"sign/s": pair.first, "pgbench/s": pair.second}
    return Measured.of(pair.ratio, figures, site.check(), _latency(latencies))


def sign_vs_django_form(ground: Ground) -> Measured:
    ours, theirs = ground.site("postgresql"), Petition(ground)
    pair = ground.contest(lambda: sign(ground, ours, SOME), lambda: theirs.sign(ground.pace.seconds).rate)
    figures = {"sign/s": pair.first, "Django form/s": pair.second}
    return Measured.of(pair.ratio, figures, ours.check(), theirs.check())


def sign_vs_no_database(ground: Ground) -> Measured:
    site, seconds = ground.site("postgresql"), ground.pace.seconds
    with site.awake():
        port, group = site.forgetting_door()
    wrk = ground.wrk(port)

    def without() -> float:
        group.thaw()
        load = wrk.send(site.forms(), connections=SOME, seconds=seconds)
        group.freeze()
        return load.rate

    group.freeze()
    pair = ground.contest(lambda: sign(ground, site, SOME), without)
    figures = {"sign/s": pair.first, "without a database/s": pair.second}
    return Measured.of(pair.ratio, figures, site.check())


def sqlite_vs_postgresql(ground: Ground) -> Measured:
    ours, theirs = ground.site("sqlite"), ground.site("postgresql")
    pair = ground.contest(lambda: sign(ground, ours, SOME), lambda: sign(ground, theirs, SOME))
    figures = {"SQLite/s": pair.first, "PostgreSQL/s": pair.second}
    return Measured.of(pair.ratio, figures, ours.check(), theirs.check())


def sign_full_vs_empty(ground: Ground) -> Measured:
    rows = ground.pace.rows
    full, empty = ground.site("postgresql", rows), ground.site("postgresql")
    pair = ground.contest(lambda: sign(ground, full, SOME), lambda: sign(ground, empty, SOME))
    figures = {f"with {rows:,}/s": pair.first, "empty/s": pair.second}
    return Measured.of(pair.ratio, figures, full.check(), empty.check())


def sign(ground: Ground, site: Site, connections: int) -> float:
    """Sign-ons a second, as wrk was acknowledged them."""
    return site.sign(connections=connections, seconds=ground.pace.seconds).rate


# --- What one row costs PostgreSQL ------------------------------------------------------------------------------------


def write_insert(ground: Ground, site: Site) -> Path:
    """pgbench's script: one row, as the door writes it, into a table of the same columns and indexes."""
    row = _row_of_the_door(site)
    del row["id"]  # the next number, in both tables
    with psycopg.connect(site.records.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_row (LIKE signing_arrival INCLUDING ALL)")
        statement = sql.SQL("INSERT INTO bench_row ({}) VALUES ({});\n").format(
            sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(map(sql.Literal, row.values()))
        )
        script = ground.folder / "insert.sql"
        script.write_text(statement.as_string(connection))
    return script


def _row_of_the_door(site: Site) -> dict[str, object]:
    """One row that the door wrote, caught before it is taken in."""
    found: list[dict[str, object]] = []
    look = psycopg.connect(site.records.url, autocommit=True, row_factory=dict_row)
    with look, ThreadPoolExecutor(1) as pool:
        load = pool.submit(site.sign, connections=SOME, seconds=CATCHING_SECONDS)
        while not (found or load.done()):
            found = look.execute("SELECT * FROM signing_arrival LIMIT 1").fetchall()
        load.result()
    if not found:
        raise CannotMeasure("no sign-on waited long enough to be looked at")
    return found[0]


def _latency(latencies: list[tuple[float, float]]) -> str:
    p50, p99 = sorted(latencies)[len(latencies) // 2]
    return f"at saturation, median {p50:.0f} ms, 99th percentile {p99:.0f} ms"


ROWS = (
    Row(
        "sign_vs_pgbench",
        f"sign, PostgreSQL, {MANY} connections ÷ pgbench, single-row INSERT of the same row, {CLIENTS} clients",
        Goal(1.0),
        sign_vs_pgbench,
    ),
    Row(
        "sign_vs_django_form",
        f"sign, PostgreSQL, {SOME} connections ÷ Django form, ORM and outbox, gunicorn with {WORKERS} workers",
        Goal(20),
        sign_vs_django_form,
    ),
    Row(
        "sign_vs_no_database",
        f"sign, PostgreSQL ÷ the same door, which forgets what it takes, {SOME} connections",
        Goal(0.6),
        sign_vs_no_database,
        leans_on_sign=True,
    ),
    Row(
        "sqlite_vs_postgresql",
        f"sign, SQLite ÷ sign, PostgreSQL, {SOME} connections",
        Goal(0.9),
        sqlite_vs_postgresql,
        leans_on_sign=True,
    ),
    Row(
        "sign_full_vs_empty",
        f"sign with millions of signatures stored ÷ empty, {SOME} connections",
        Goal(0.8),
        sign_full_vs_empty,
        leans_on_sign=True,
    ),
)
