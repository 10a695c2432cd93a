"""`kit`: making what the press and the recipient get."""

from pathlib import Path

import click

from undersigned.config.command_line.asking import COMMAND_LINE, letter_called
from undersigned.kit.keep import keep
from undersigned.kit.press import read as read_press
from undersigned.lib.clock import now
from undersigned.pages import kit as kits
from undersigned.pages.bakery import bake_again


@click.group()
def kit() -> None:
    """Make the kit of a letter: PDF, Word and text, cards, one ZIP."""


@kit.command("import")
@click.argument("slug")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def import_(slug: str, folder: Path) -> None:
    """Put FOLDER/kit (press.LANG.md, kit.toml) in the place of what the press gets of SLUG, released or not."""
    letter = letter_called(slug)
    press = read_press(folder, letter.languages)
    keep(letter, press, COMMAND_LINE, now())
    for note in press.notes:
        click.echo(f"note: {note}")
    click.echo(f"{slug}: press releases: {', '.join(press.releases) or 'none'}; pictures: {len(press.pictures)}")


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
