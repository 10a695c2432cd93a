"""`site`: what else an operator needs to run the site."""

from urllib.parse import urlsplit

import click
from django.conf import settings

from undersigned.intake.webserver import EXAMPLES, Setting


@click.group()
def site() -> None:
    """Examples for web servers in front of the program."""


@site.command()
@click.argument("server", type=click.Choice(list(EXAMPLES)))
@click.option("--door", default="127.0.0.1:8000", show_default=True, help="Where the door listens.")
def config(server: str, door: str) -> None:
    """Print an example configuration for SERVER, which then gives out the public folder by itself."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    click.echo(EXAMPLES[server](Setting(host, settings.PUBLIC_ROOT, door)), nl=False)
