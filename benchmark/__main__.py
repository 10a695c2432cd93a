"""`./bench`: measure, and print the table."""

import json
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import click

from benchmark.ground import EARNEST, QUICK, Ground, Pace
from benchmark.machine import describe
from benchmark.row import FIRST, Line, Row
from benchmark.rows import ROWS
from benchmark.table import records_of, to_json, to_markdown, to_text

BY_ID = {row.id: row for row in ROWS}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("ids", nargs=-1, metavar="[ID]…", type=click.Choice(list(BY_ID)))
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the table to FILE too."
)
@click.option("--markdown", is_flag=True, help="Print the table as docs/performance.md has it.")
@click.option(
    "--from",
    "earlier",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Measure nothing: print the table that an earlier run wrote to FILE.",
)
@click.option("--quick", is_flag=True, help="One short round of each: whether it works, not how fast it is.")
@click.option(
    "--rounds", type=click.IntRange(1), help=f"Rounds of each pair, of which the median counts. [{EARNEST.rounds}]"
)
@click.option("--seconds", type=click.IntRange(1), help=f"Seconds of each measurement. [{EARNEST.seconds}]")
@click.option("--rows", type=click.IntRange(1000), help=f"Signatures in a full record. [{EARNEST.rows}]")
def bench(
    ids: tuple[str, ...], json_file: Path | None, markdown: bool, earlier: Path | None, **pace: int | None
) -> None:
    """Measure the rows ID…, or all of them, side by side with what they are compared to.

    A row that a faster other side cannot explain away leans on sign_vs_pgbench, which is then measured too.
    """
    told = json.loads(earlier.read_text()) if earlier else _measure(_asked_for(ids), _pace(pace))
    if json_file:
        json_file.write_text(to_json(told["rows"], told["machine"]))
    click.echo(to_markdown(told["rows"], told["machine"]) if markdown else to_text(told["rows"]))
    sys.exit(any(record["ratio"] is None for record in told["rows"]))


def _asked_for(ids: tuple[str, ...]) -> list[Row]:
    asked = {row.id for row in ROWS if not ids or row.id in ids}
    if any(BY_ID[id_].leans_on_sign for id_ in asked):
        asked.add(FIRST)
    return [row for row in ROWS if row.id in asked]


def _pace(asked: dict[str, int | None]) -> Pace:
    pace = QUICK if asked.pop("quick") else EARNEST
    return replace(pace, **{name: number for name, number in asked.items() if number})


def _measure(rows: list[Row], pace: Pace) -> dict[str, Any]:
    signal.signal(signal.SIGTERM, _stop)
    with Ground(pace) as ground:
        lines = list(_lines(rows, ground))
        return {"rows": records_of(lines), "machine": describe(ground)}


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)  # so that what was started is ended


def _lines(rows: list[Row], ground: Ground) -> Iterator[Line]:
    for number, row in enumerate(rows, start=1):
        click.echo(f"· {number}/{len(rows)} {row.id}", err=True)
        start = time.monotonic()
        try:
            yield Line(row, row.measure(ground))
        except Exception as fault:  # a row that fails must not take the others with it
            yield Line(row, None, f"{type(fault).__name__}: {fault}")
            click.echo(f"  could not be measured: {fault}", err=True)
        click.echo(f"  {time.monotonic() - start:.0f} s", err=True)


if __name__ == "__main__":
    bench()
