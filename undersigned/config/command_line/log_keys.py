"""What `log rotate` and `log keys` do, where there are settings and a record."""

import click

from undersigned.config.command_line.asking import COMMAND_LINE, letter_called
from undersigned.ledger import head
from undersigned.ledger.models import Log
from undersigned.ledger.rotate import retire, rotate
from undersigned.letters.audit import record
from undersigned.letters.stages import touch
from undersigned.lib.clock import now


def rotate_keys(slug: str, *, retires: bool) -> None:
    """Give a log another key beside the one that it has, or let the newest one sign alone; the head is signed anew."""
    letter = letter_called(slug)
    log = Log.objects.get(origin=letter.origin)
    if retires:
        names = [key.text for key in retire(log.pk, now())]
        record(letter, COMMAND_LINE, "log key retired", now(), keys=names)
        said = [f"retired: {name}" for name in names]
    else:
        name = rotate(log.pk, now()).text
        record(letter, COMMAND_LINE, "log key made", now(), keys=[name])
        said = [f"signs from now on, beside the one before it: {name}"]
    touch({letter.pk})  # its pages name the keys
    for line in said:
        click.echo(line)
    click.echo("Back up the folder of keys: undersigned backup FILE --keys FILE")


def show_keys(slug: str) -> None:
    """The list of keys as it is published."""
    log = Log.objects.get(origin=letter_called(slug).origin)
    click.echo(head.keys_of(log).text, nl=False)
