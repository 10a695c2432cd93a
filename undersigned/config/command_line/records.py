"""`migrate`, `backup`, `restore`: the record itself."""

from pathlib import Path

import click

from undersigned.config import backing_up
from undersigned.config.migrating import bring_up_to_date
from undersigned.ledger.head import LogAhead
from undersigned.ledger.models import Log
from undersigned.ledger.publish import publish
from undersigned.lib.clock import now
from undersigned.pages.bakery import bake_all


@click.command()
def migrate() -> None:
    """Bring the database to the shape that this version needs."""
    bring_up_to_date()
    click.echo("The database is up to date.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--keys", type=click.Path(dir_okay=False, path_type=Path), help="Also write the keys here, under a passphrase."
)
def backup(file: Path, keys: Path | None) -> None:
    """Write the whole record into FILE, encrypted to the coalition's key.

    Keys are not in it: keep them apart (--keys), since who has both can read mailboxes.
    The public folder is not in it either: it is baked anew from the record. Keep what is in “logs” beside it all the
    same: it tells whether a record that is restored is older than what was published.
    """
    backing_up.back_up(file)
    click.echo(f"{file}: {file.stat().st_size} bytes, encrypted to the coalition's key")
    if keys:
        passphrase = click.prompt("Passphrase for the keys", hide_input=True, confirmation_prompt=True)
        backing_up.back_up_keys(keys, passphrase)
        click.echo(f"{keys}: the keys, under the passphrase")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--identity",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The coalition's identity, as “key make --secret” wrote it.",
)
@click.option(
    "--keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The keys, if they are lost too."
)
@click.option("--replace", is_flag=True, help="Overwrite what is in the database now.")
def restore(file: Path, identity: Path, keys: Path | None, replace: bool) -> None:
    """Put the record of FILE back, and bake the public folder from it. Stop the program first."""
    if keys:
        backing_up.restore_keys(keys, click.prompt("Passphrase of the keys", hide_input=True))
        click.echo("The keys are back.")
    backing_up.restore(file, identity, replace=replace)
    bring_up_to_date()
    try:
        bake_all(now())
    except* LogAhead:
        pass  # told below, of each log
    click.echo("The record is back, and the public folder is baked from it.")
    for log_id in Log.objects.filter(opened_at__isnull=False).values_list("pk", flat=True):
        try:
            publish(log_id)
        except LogAhead as behind:
            click.echo(f"But: {behind}", err=True)
