"""`user`: who works at the desk."""

import secrets

import click
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from undersigned.desk.models import User
from undersigned.lib.addresses import EmailAddress


@click.group()
def user() -> None:
    """Add desk users, and give them new passwords."""


@user.command()
@click.argument("email")
@click.option("--name", help="How they stand in the audit trail; otherwise their address.")
@click.option("--language", type=click.Choice(["ko", "en", "zh-hans"]), default="en", show_default=True)
@click.option("--password", prompt="Password (empty: one is made)", default="", hide_input=True, show_default=False)
def add(email: str, name: str | None, language: str, password: str) -> None:
    """Add the desk user EMAIL. A password that is not given is made, and shown this once."""
    address = EmailAddress.parse(email).value
    if User.objects.filter(email__iexact=address).exists():
        raise click.ClickException(f"There is a desk user with the address {address} already.")
    chosen = _chosen(password)
    make_user(address, name or address, chosen, language)
    click.echo(f"{address} can now sign in at /desk/")
    if not password:
        click.echo(f"password: {chosen}")


@user.command("password")
@click.argument("email")
@click.option("--password", prompt="Password (empty: one is made)", default="", hide_input=True, show_default=False)
def new_password(email: str, password: str) -> None:
    """Give the desk user EMAIL a new password. One that is not given is made, and shown this once."""
    known = User.objects.filter(email__iexact=email).first()
    if known is None:
        raise click.ClickException(f"There is no desk user with the address {email}.")
    chosen = _chosen(password)
    known.set_password(chosen)
    known.save(update_fields=["password"])
    click.echo(f"{known.email} has a new password")
    if not password:
        click.echo(f"password: {chosen}")


def _chosen(password: str) -> str:
    """The password that was given, if it is good enough, else a new one."""
    chosen = password or secrets.token_urlsafe(15)
    try:
        validate_password(chosen)
    except ValidationError as refused:
        raise click.ClickException(" ".join(refused.messages)) from None
    return chosen


def make_user(email: str, name: str, password: str, language: str) -> User:
    """A desk user who can sign in."""
    return User.objects.create_user(username=email, email=email, password=password, name=name, language=language)
