"""What `log adopt` does, where there are settings and a record."""

import click
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from undersigned.config.command_line.asking import COMMAND_LINE, letter_called
from undersigned.lib.clock import now
from undersigned.signing.adopt import Outcome, Waiting, adopt, waiting


def adopt_log(slug: str, *, dry_run: bool) -> None:
    """Take the published log of a letter over into the record, and say what came of it."""
    letter = letter_called(slug)
    with transaction.atomic():
        outcome, left = adopt(letter, COMMAND_LINE, now()), waiting(letter)
        transaction.set_rollback(dry_run)
    if outcome.entries:
        _tell(outcome, letter.slug)
    _tell_waiting(left)
    if not outcome.entries:
        click.echo("The record has all that was published; there was nothing to do.")
    elif dry_run:
        click.echo("Nothing was changed: --dry-run.")
    else:
        click.echo("The worker goes on with the log, and bakes the pages.")


def _tell_waiting(left: Waiting) -> None:
    if not (left.for_desk or left.for_number):
        return
    click.echo(f"signatures that wait for the desk: {left.for_desk:,}")
    click.echo(f"signatures that wait for their number or their batch in the log: {left.for_number:,}")
    click.echo("  The log tells nothing of these. Whoever of them withdrew after the backup was made stands again,")
    click.echo("  and has to withdraw once more, at their private page.")


def _tell(outcome: Outcome, slug: str) -> None:
    click.echo(f"published entries that this record lacked: {outcome.entries:,}")
    click.echo(f"signatories who have left since, and are off the list and erased again: {outcome.ended:,}")
    click.echo(f"signatures of which this record knows nothing, taken back in the log: {outcome.taken_back:,}")
    if outcome.taken_back:
        click.echo("  Who gave them could not even withdraw any more; they may sign again.")
    for signature in outcome.uncorrected:
        place = reverse("desk:signatory", args=[slug, signature])
        click.echo(f"corrected since, and shown as before: {settings.SITE_URL}{place}")
