"""`undersigned`: the commands of operators and secretariats. Exit codes: 0 done, 1 refused, 2 misused."""

import importlib
import os
import sys

import click
import django

from undersigned import __version__
from undersigned.lib.env import Misconfigured
from undersigned.lib.keys import KeyMissing
from undersigned.lib.refusal import Refusal, Refused

HERE = "undersigned.config.command_line"
COMMANDS = {
    "demo": "demo",
    "serve": "running",
    "worker": "working",
    "migrate": "records",
    "check": "checking",
    "key": "keys",
    "user": "users",
    "mail": "mail",
    "letter": "letters",
    "signatories": "signatories",
    "release": "releases",
    "story": "stories",
    "kit": "kits",
    "log": "log",
    "site": "site",
    "backup": "records",
    "restore": "records",
}
WITHOUT_DJANGO = {"demo", "log"}
"""Commands that settle first where the data is, or need none; all others find the settings ready."""


class Commands(click.Group):
    """Commands by name, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in WITHOUT_DJANGO:
            django.setup()
        command = getattr(importlib.import_module(f"{HERE}.{COMMANDS[cmd_name]}"), cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101  a fault of ours, not of the user
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, package_name="undersigned")
def undersigned() -> None:
    """Joint letters: drafted in several languages, signed with verified consent, released at one moment."""


def main() -> None:
    """Run the command line; a refusal is told in plain words and ends with 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersigned.config.settings")
    try:
        undersigned()
    except Refused as refused:
        for refusal in refused.refusals:
            click.echo(f"refused: {refusal}", err=True)
        sys.exit(1)
    except (Refusal, Misconfigured, KeyMissing) as refusal:
        click.echo(f"refused: {refusal}", err=True)
        sys.exit(1)
