"""What several commands ask for: a letter by its address, a desk user by their mailbox."""

import click

from undersigned.desk.models import User
from undersigned.letters.audit import Actor
from undersigned.letters.models import Letter
from undersigned.letters.rename import find_by_slug

COMMAND_LINE = Actor("command line")


def letter_called(slug: str) -> Letter:
    """The letter at `slug`, or that was there once; else a refusal."""
    letter, _moved = find_by_slug(slug)
    if letter is None:
        known = ", ".join(Letter.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none"
        raise click.ClickException(f"There is no letter “{slug}”. Known letters: {known}.")
    return letter


def desk_user(email: str) -> Actor:
    """The desk user with this mailbox, as somebody who answers for an act; else a refusal."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise click.ClickException(f"There is no desk user with the address {email}.")
    return Actor(str(user), user.pk)
