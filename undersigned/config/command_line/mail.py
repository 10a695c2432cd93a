"""`mail`: trying whether mail leaves."""

import click

from undersigned.config.mailing import make_transport, own_address
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.clock import now
from undersigned.post.message import trial
from undersigned.post.transport import Outcome
from undersigned.post.wire import Envelope, pack


@click.group()
def mail() -> None:
    """Try outgoing mail."""


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
