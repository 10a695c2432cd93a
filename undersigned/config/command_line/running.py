"""`serve`: the program itself."""

import click
from django.conf import settings
from django.db import connection

from undersigned.config.command_line.keys import refuse_without_keys
from undersigned.config.migrating import bring_up_to_date, refuse_other_shape
from undersigned.config.serving import PARTS, WORKER, Address, serve_until_stopped


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-worker", is_flag=True, help="Door and desk; “undersigned worker” runs apart.")
@click.option(
    "--only", type=click.Choice(PARTS), help="This part alone; UNDERSIGNED_DESK says where door and desk meet."
)
@click.option("--migrate", is_flag=True, help="Bring the database up to date first; with SQLite that is always done.")
def serve(host: str, port: int, no_worker: bool, only: str | None, migrate: bool) -> None:
    """Serve the public folder, the forms and the desk; with the worker, until stopped."""
    refuse_without_keys()
    if migrate or connection.vendor == "sqlite":
        settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
        bring_up_to_date()
    refuse_other_shape()
    parts = [only] if only else [part for part in PARTS if not (no_worker and part == WORKER)]
    raise SystemExit(serve_until_stopped(Address(host, port), settings.DESK, parts))
