"""The manifest of a story, story.toml: everything about it but its text and its picture."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from undersigned.letters.blocks import refusing_at_once
from undersigned.letters.lines import SHARE_LIMIT
from undersigned.letters.manifest import languages_of, needed, parsed, per_language
from undersigned.letters.toml import Document, Table
from undersigned.lib.refusal import Refusal, Refused, gettext_noop
from undersigned.stories.article import Author
from undersigned.stories.typed import CAPTION_LIMIT, DECK_LIMIT

RESERVED_SLUGS = frozenset({"feed", "new"})
"""What stands beside the stories at their addresses."""

_SLUG = re.compile(r"(?!-)[a-z0-9-]{3,60}(?<!-)")


class WrongStorySlug(Refusal):
    code = "wrong-story-slug"
    message = gettext_noop(
        "“%(slug)s” cannot be a story's address. An address has 3 to 60 small letters, digits and hyphens, "
        "and no hyphen at either end; “feed” and “new” are taken."
    )


@dataclass(frozen=True, slots=True)
class PictureWords:
    """What a manifest says of the picture; `file` stands beside it."""

    file: str
    credit: str
    licence: str
    caption: Mapping[str, str]
    alternative: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The facts of a story. Mappings are per language; `letters` are slugs."""

    slug: str
    languages: tuple[str, ...]
    letters: tuple[str, ...]
    demonstration: bool
    headline: Mapping[str, str]
    subheadline: Mapping[str, str]
    authors: tuple[Author, ...]
    picture: PictureWords | None
    share: Mapping[str, str]


def read(path: Path) -> Manifest:
    """The manifest in the file `path`; raises Refused with everything that is wrong with it."""
    with refusing_at_once():
        document = Document(path)
    manifest = _manifest(document.root)
    if document.faults:
        document.faults.sort(key=lambda fault: fault.place.line)
        raise Refused(document.faults)
    return manifest


def parse_slug(text: str, field: str = "slug") -> str:
    """`text` as the address of a story; raises WrongStorySlug."""
    if not _SLUG.fullmatch(text) or text in RESERVED_SLUGS:
        raise WrongStorySlug(field, slug=text[:80])
    return text


def _manifest(root: Table) -> Manifest:
    languages = languages_of(root)
    manifest = Manifest(
        slug=parsed(root, "slug", parse_slug),
        languages=languages,
        letters=tuple(root.texts("letters")) if "letters" in root else (),
        demonstration=root.boolean("demonstration"),
        headline=per_language(root, needed(root, "headline"), languages),
        subheadline=per_language(root, "subheadline", languages, limit=DECK_LIMIT),
        authors=tuple(_author(table, languages) for table in root.tables(needed(root, "authors"))),
        picture=_picture(root.table("picture"), languages) if "picture" in root else None,
        share=per_language(root, "share", languages, limit=SHARE_LIMIT, lines=True),
    )
    root.asked += ["letters", "picture"]
    root.close()
    return manifest


def _author(table: Table, languages: tuple[str, ...]) -> Author:
    name = per_language(table, needed(table, "name"), languages, lines=True)
    author = Author(name, table.text("contact", limit=254))
    table.close()
    return author


def _picture(table: Table, languages: tuple[str, ...]) -> PictureWords:
    words = PictureWords(
        file=table.text("file"),
        credit=table.text("credit"),
        licence=table.text("licence"),
        caption=per_language(table, needed(table, "caption"), languages, limit=CAPTION_LIMIT),
        alternative=per_language(table, needed(table, "alternative"), languages, limit=CAPTION_LIMIT),
    )
    table.close()
    return words
