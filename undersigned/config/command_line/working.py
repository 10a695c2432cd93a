"""`worker`: one part of the program, by itself."""

import click

from undersigned.config.command_line.keys import refuse_without_keys
from undersigned.config.migrating import refuse_other_shape
from undersigned.config.worker import work


@click.command()
def worker() -> None:
    """Do what time brings: releases, log, pages, mail, reminders, lapse. Until stopped."""
    refuse_without_keys()
    refuse_other_shape()
    work()
