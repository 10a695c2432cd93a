"""`site`: what else an operator needs to run the site, and copies of it for other places."""

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import click
from django.conf import settings

from undersigned.config.command_line.waiting import Waiting
from undersigned.intake.webserver import EXAMPLES, Setting
from undersigned.lib.clock import now
from undersigned.pages import export as exports


@click.group()
def site() -> None:
    """Examples for web servers in front of the program; copies of everything public for other places."""


@site.command()
@click.argument("server", type=click.Choice(list(EXAMPLES)))
@click.option("--door", default="127.0.0.1:8000", show_default=True, help="Where the door listens.")
def config(server: str, door: str) -> None:
    """Print an example configuration for SERVER, which then gives out the public folder by itself."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    click.echo(EXAMPLES[server](Setting(host, settings.PUBLIC_ROOT, door)), nl=False)


@site.command()
@click.argument("target", metavar="DIR|FILE.zip", type=click.Path(path_type=Path))
def export(target: Path) -> None:
    """Write everything public as it is now to DIR or FILE.zip: for any web server, an onion service, a stick.

    DIR is a new or empty folder. The copy opens from a disk, without a server; its forms lead to this site. Equal
    records give the same FILE.zip, byte for byte.
    """
    with Waiting("files") as waiting:
        made = exports.export(target, now(), waiting.go_on)
    click.echo(f"{target}: {made.files:,} files of generation {made.generation}")
    for path, head in made.heads.items():
        click.echo(f"  {path}: {head.size:,} entries of {head.origin}, root {head.root.hex()}")
    if _is_loopback(urlsplit(settings.SITE_URL).hostname or ""):
        click.echo(f"note: its forms lead to {settings.SITE_URL}, which no other machine reaches; set the site's URL.")
    click.echo("Names may be corrected or withdrawn later: then put a new copy in the place of this one.")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
