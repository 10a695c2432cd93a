"""Brings the catalogues up to date with the source: `.venv/bin/python setup/messages.py [PACKAGE]`. Needs gettext.

New sentences come in untranslated and are never guessed from similar ones; sentences that are gone from the source go.
Neither lines nor dates are written, so that a difference between two versions is one of words.
"""

import os
import sys
from pathlib import Path

from django.core.management import call_command
from django.core.management.commands import makemessages

LANGUAGES = ("ko", "zh_Hans")
HEADER = r"""
msgid ""
msgstr ""
"Project-Id-Version: Undersigned\n"
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"""


class WithoutGuesses(makemessages.Command):
    """Django's own extraction; a sentence like another one is not offered that one's translation."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


def main(package: Path) -> None:
    """Extract every sentence of `package` into its `locale` folder."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # settings would lead to the catalogues of the installed package
    os.chdir(package)
    Path("locale").mkdir(exist_ok=True)
    shape = {"no_location": True, "no_obsolete": True, "no_wrap": True}
    call_command(WithoutGuesses(), locale=list(LANGUAGES), extensions=["html", "txt", "py"], verbosity=0, **shape)
    for language in LANGUAGES:
        put_header(Path("locale") / language / "LC_MESSAGES" / "django.po", language)


def put_header(catalogue: Path, language: str) -> None:
    """A header that says what programs ask for; gettext's own has dates, and marks itself as a guess."""
    _, _, sentences = catalogue.read_text(encoding="utf-8").partition("\n\n")
    catalogue.write_text(f"{HEADER.format(language=language).lstrip()}\n{sentences}", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "undersigned")
