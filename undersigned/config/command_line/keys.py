"""`key`: making the keys that the program needs."""

import os
from pathlib import Path

import click
import pyrage
from django.conf import settings

from undersigned.lib.keys import KeyMissing

SITE_KEYS = ("django", "mail", "links")


@click.group()
def key() -> None:
    """Make the keys of the site and of the coalition."""


@key.command()
@click.option(
    "--secret",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the coalition's identity, which must then leave the server.",
)
@click.option("--recipient", help="Use this public age recipient (age1…), whose identity you keep elsewhere.")
def make(secret: Path | None, recipient: str | None) -> None:
    """Make what is missing: the site's keys, and the coalition's age key to which hidden names are sealed.

    Keys that are there stay as they are.
    """
    known = _has_recipient()
    if not (known or recipient or secret):
        raise click.UsageError("The coalition has no key yet: give --secret FILE to make one, or --recipient age1….")
    for name in SITE_KEYS:
        made = settings.KEYS.make_site_key(name)
        click.echo(f"{name}: {'made' if made else 'is there already'}")
    if known:
        click.echo("coalition: is there already")
    elif recipient:
        _keep_recipient(recipient)
    elif secret:
        make_coalition_key(secret)


def make_coalition_key(secret: Path) -> None:
    """Write a new age identity to `secret` (readable by its owner only) and keep its public recipient."""
    identity = pyrage.x25519.Identity.generate()
    secret.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{secret} is there already; choose another file.") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(f"# The coalition's identity. It opens hidden names and backups.\n{identity}\n")
    settings.KEYS.set_coalition_recipient(str(identity.to_public()))
    click.echo(f"coalition: {identity.to_public()}")
    click.echo(f"Take {secret} off this server, keep two copies in safe places, and delete it here:")
    click.echo("who has it can read the hidden names, and nobody can without it.")


def _has_recipient() -> bool:
    try:
        return bool(settings.KEYS.coalition_recipient())
    except KeyMissing:
        return False


def _keep_recipient(recipient: str) -> None:
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise click.ClickException(f"“{recipient}” is not an age recipient; it begins with age1.") from None
    settings.KEYS.set_coalition_recipient(recipient)
    click.echo(f"coalition: {recipient}")


def refuse_without_keys() -> None:
    """A sign-on that cannot be sealed would be lost when it comes; so nothing starts without the keys."""
    for name in SITE_KEYS:
        settings.KEYS.site_key(name)
