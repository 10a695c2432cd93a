"""What a story says, in all its languages at once: the value that is drafted, reviewed, published and shown."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from undersigned.letters.content import ParallelBlock, block_from_json


@dataclass(frozen=True, slots=True)
class Author:
    """One name of the byline, per language, and where its bearer is reached: a mailbox or a website."""

    name: Mapping[str, str]
    contact: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a story: which one, and what is said of it. `digest` names a stored picture."""

    digest: str
    credit: str
    licence: str
    caption: Mapping[str, str]
    alternative: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Article:
    """Everything that a reviewer approves, and nothing else. Mappings are per language.

    `about` are the ids of letters. `note` says what a correction changes and is empty in a first edition. `share` is
    what readers who pass the story on are offered to say.
    """

    languages: tuple[str, ...]
    headline: Mapping[str, str]
    subheadline: Mapping[str, str]
    authors: tuple[Author, ...]
    picture: Picture | None
    blocks: tuple[ParallelBlock, ...]
    about: tuple[str, ...] = ()
    note: Mapping[str, str] = field(default_factory=dict)
    share: Mapping[str, str] = field(default_factory=dict)

    def canonical(self) -> str:
        """The one JSON text of this article: keys sorted, no spaces, not escaped (as RFC 8785 has it).

        Without a `share` it is left out, as in articles from before there was one: approvals are bound to their text.
        """
        told = asdict(self)
        if not self.share:
            del told["share"]
        return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def digest(self) -> bytes:
        """SHA-256 over the canonical UTF-8 bytes: what an approval is bound to."""
        return hashlib.sha256(self.canonical().encode()).digest()

    @classmethod
    def from_json(cls, text: str) -> Self:
        raw: dict[str, Any] = json.loads(text)
        return cls(
            languages=tuple(raw["languages"]),
            headline=raw["headline"],
            subheadline=raw["subheadline"],
            authors=tuple(Author(**author) for author in raw["authors"]),
            picture=Picture(**raw["picture"]) if raw["picture"] else None,
            blocks=tuple(block_from_json(block) for block in raw["blocks"]),
            about=tuple(raw["about"]),
            note=raw["note"],
            share=raw.get("share", {}),
        )
