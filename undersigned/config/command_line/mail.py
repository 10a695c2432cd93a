"""`mail`: trying whether mail leaves, and reading what came back."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from django.db import DatabaseError

from undersigned.config.mailing import make_transport, own_address
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.clock import now
from undersigned.lib.keys import KeyMissing
from undersigned.post.bounces import READ_BYTES, note_bounce
from undersigned.post.message import trial
from undersigned.post.transport import Outcome
from undersigned.post.wire import Envelope, pack


@click.group()
def mail() -> None:
    """Try outgoing mail, and read the bounces."""


@mail.command()
@click.argument("address")
def test(address: str) -> None:
    """Send a test message to ADDRESS, and say what the mail server answered."""
    recipient, sender = EmailAddress.parse(address), own_address()
    transport = make_transport()
    parcel = pack(trial(), Envelope(sender, recipient, now()), eight_bit=transport.eight_bit)
    [answer] = transport.hand_over([parcel])
    transport.close()
    code = f" (code {answer.code})" if answer.code else ""
    if answer.outcome != Outcome.TAKEN:
        raise click.ClickException(f"The test message was not taken: {answer.outcome.value}{code}.")
    click.echo(f"The test message was taken{code}.")


@mail.command()
@click.argument("source", type=click.Path(exists=True, allow_dash=True, path_type=Path))
def bounces(source: Path) -> None:
    """Mark the mails that were not delivered, as reports of mail servers in SOURCE say.

    SOURCE is a maildir, whose new messages are read and marked as seen; a file with one message; or “-” for one message
    on standard input, as a mail server pipes it. What is no report on a mail of ours is left alone.
    """
    try:
        read = [note_bounce(message, now()) for message in _messages(source)]
    except (DatabaseError, KeyMissing) as fault:
        click.echo(f"put off: {type(fault).__name__}", err=True)
        sys.exit(os.EX_TEMPFAIL)  # sysexits(3): a mail server then keeps the message, and asks again later
    click.echo(f"{len(read)} read, {sum(read)} marked as bounced")


def _messages(source: Path) -> Iterator[bytes]:
    if not source.is_dir():
        with click.open_file(str(source), "rb") as stream:
            yield stream.read(READ_BYTES)
        return
    for file in sorted((source / "new").iterdir()):
        with file.open("rb") as stream:
            yield stream.read(READ_BYTES)
        file.rename(source / "cur" / f"{file.name}:2,S")
