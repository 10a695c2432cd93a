"""`kit`: making what the press and the recipient get."""

import click

from undersigned.config.command_line.asking import letter_called
from undersigned.lib.clock import now
from undersigned.pages import kit as kits
from undersigned.pages.bakery import bake_again


@click.group()
def kit() -> None:
    """Make the kit of a letter: PDF, Word and text, cards, one ZIP."""


@kit.command("make")
@click.argument("slug")
def make(slug: str) -> None:
    """Make the kit of SLUG anew, as the worker does by itself."""
    letter = letter_called(slug)
    with click.progressbar(length=100, label=slug, show_eta=False) as bar:
        made = kits.make(letter, now(), lambda done, of: bar.update(100 * done // of - bar.pos))
    for item in made.items:
        click.echo(f"{item.digest}  {item.size:>9}  {item.name}")
    if made.unshown:
        click.echo(f"note: no font here shows these characters, □ stands for them: {' '.join(made.unshown)}")
    if letter.is_public:
        bake_again(letter, now())
    click.echo(f"{slug}: edition {made.edition} in {kits.store().place(letter.pk)}")
