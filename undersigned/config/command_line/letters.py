"""`letter`: bringing letters in, freezing them, opening and closing their sign-ons."""

from pathlib import Path

import click
from django.db import transaction

from undersigned.config.command_line.asking import COMMAND_LINE, letter_called
from undersigned.kit.keep import keep
from undersigned.kit.press import read as read_press
from undersigned.letters.folder import MANIFEST
from undersigned.letters.freeze import freeze
from undersigned.letters.import_ import import_folder
from undersigned.letters.manifest import read as read_manifest
from undersigned.letters.models import SignOns
from undersigned.letters.stages import set_sign_ons
from undersigned.lib.clock import now


@click.group()
def letter() -> None:
    """Import a letter, freeze its text, open its sign-ons."""


@letter.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def import_(folder: Path) -> None:
    """Import FOLDER: letter.toml, a text per language (letter.LANG.md or letter.LANG.docx), and kit/ for the press."""
    terms = read_manifest(folder / MANIFEST) if (folder / MANIFEST).is_file() else None
    press = read_press(folder, terms.languages if terms else ())  # refused before anything is stored
    with transaction.atomic():
        imported = import_folder(folder, COMMAND_LINE, now())
        if press.releases or press.pictures:
            keep(imported.letter, press, COMMAND_LINE, now())
    for note in (*imported.notes, *press.notes):
        click.echo(f"note: {note}")
    for gap in imported.gaps:
        click.echo(f"gap: {gap}")
    blocks = imported.letter.blocks.count()
    languages = ", ".join(imported.letter.languages)
    click.echo(f"{imported.letter.slug}: a draft of {blocks} blocks in {languages}, gaps: {len(imported.gaps)}")
    if imported.gaps:
        click.echo("The gaps are marked in the draft. Mend them at the desk, or mend the files and import again.")


@letter.command("freeze")
@click.argument("slug")
def freeze_(slug: str) -> None:
    """Freeze the draft of SLUG into the version that people sign."""
    version = freeze(letter_called(slug), COMMAND_LINE, now())
    click.echo(f"{slug}: version {version.number} is frozen, sha256 {version.hex_digest}")


@letter.command("sign-ons")
@click.argument("slug")
@click.argument("to", type=click.Choice(SignOns.values))
def sign_ons(slug: str, to: str) -> None:
    """Open the sign-ons of SLUG by invitation or publicly, or close them."""
    found = letter_called(slug)
    set_sign_ons(found, SignOns(to), COMMAND_LINE, now())
    click.echo(f"{slug}: sign-ons are now {found.sign_ons}")
