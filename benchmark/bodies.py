"""What people post: realistic forms, with names in several scripts and a mailbox that nobody else has."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote_plus

import undersigned

NAMES = Path(undersigned.__file__).parent / "demonstration" / "supporters.csv"
COUNTRIES = ("KR", "DE", "US", "ZA", "MN", "GB", "AR", "IN", "", "FR")
MAILBOX_HOSTS = tuple(f"mail{number}.example" for number in range(1, 23))
"""Reserved names, as many as there are common providers; none can ever be written to."""

LANGUAGES = ("ko", "en", "zh-Hans")


@dataclass(frozen=True, slots=True)
class Forms:
    """Any number of forms that are all different: the one of a number is head, run, number and tail.

    Its path, head and tail are those whose turn it is. `run` keeps the mailboxes of several runs apart.
    """

    paths: Sequence[str]
    heads: Sequence[str]
    tails: Sequence[str]
    run: str
    headers: str = ""

    def path(self, number: int) -> str:
        return self.paths[number % len(self.paths)]

    def body(self, number: int) -> str:
        """The form, as a browser writes it."""
        return f"{self.heads[number % len(self.heads)]}{self.run}{number}{self.tails[number % len(self.tails)]}"


def supporters(slug: str, version: str, run: str, visibility: str = "public") -> Forms:
    """Supporters' sign-ons to one text of a letter, sent from its pages in all languages."""
    fixed = {"visibility": visibility, "version": version, "consent": "yes", "age": "yes"}
    paths = tuple(f"/{slug}/{language}/sign/supporter/" for language in LANGUAGES)
    return Forms(paths, heads(fixed), tails(), run)


def heads(fixed: dict[str, str]) -> tuple[str, ...]:
    """Forms of one name each, up to the middle of the mailbox."""
    rest = "&".join(f"{name}={quote_plus(value)}" for name, value in fixed.items())
    return tuple(
        f"name={quote_plus(name)}&country={COUNTRIES[number % len(COUNTRIES)]}&{rest}&email={_word(name)}."
        for number, name in enumerate(names())
    )


def tails() -> tuple[str, ...]:
    """What follows the number in a mailbox."""
    return tuple(f"%40{host}" for host in MAILBOX_HOSTS)


@cache
def names() -> tuple[str, ...]:
    """Invented names of people, in Hangul, Han and Latin letters with and without marks."""
    with NAMES.open(encoding="utf-8", newline="") as file:
        return tuple(row["Name"] for row in csv.DictReader(file))


def _word(name: str) -> str:
    """The letters of a name that many put into a mailbox; another word where it has none."""
    letters = "".join(character for character in name.lower() if character.isascii() and character.isalpha())
    return letters or "post"
