"""`release`: planning the moment, and carrying out what is due."""

from datetime import datetime

import click

from undersigned.config.command_line.asking import COMMAND_LINE, letter_called
from undersigned.config.worker import sequence_step
from undersigned.lib.clock import now
from undersigned.pages.bakery import bake_due
from undersigned.releases.release import Moment, cancel, release_due, schedule


@click.group()
def release() -> None:
    """Plan, postpone, cancel and carry out releases."""


@release.command("plan")
@click.argument("slug")
@click.argument("wall")
@click.argument("zone")
def plan(slug: str, wall: str, zone: str) -> None:
    """Release SLUG at WALL (such as 2026-12-01T09:00) in ZONE (such as Asia/Seoul). Planning again postpones."""
    try:
        moment = Moment(datetime.fromisoformat(wall), zone)
    except ValueError:
        raise click.UsageError("WALL is a date and time such as 2026-12-01T09:00.") from None
    planned = schedule(letter_called(slug), moment, COMMAND_LINE, now())
    click.echo(f"{slug}: will be released at {planned.wall_time} {planned.zone} ({planned.instant:%Y-%m-%d %H:%M} UTC)")


@release.command("cancel")
@click.argument("slug")
def cancel_(slug: str) -> None:
    """Cancel the planned release of SLUG."""
    cancel(letter_called(slug), COMMAND_LINE, now())
    click.echo(f"{slug}: the release is cancelled")


@release.command("due")
def due() -> None:
    """Release what is due now, number its log and bake its pages, as the worker would."""
    released = release_due(now())
    sequence_step(now())
    bake_due(now())
    for letter in released:
        click.echo(f"{letter.slug}: released in {', '.join(letter.languages)}")
    if not released:
        click.echo("No release is due.")
