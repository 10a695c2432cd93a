"""What a letter says, in all its languages at once: the value that is drafted, frozen, signed and shown."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from undersigned.letters.blocks import Kind, Source


@dataclass(frozen=True, slots=True)
class Wording:
    """One block in one language: inline Markdown, the sources it refers to, and its facts."""

    text: str
    sources: tuple[Source, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParallelBlock:
    """One block in every language that has it, keyed by language tag."""

    key: str
    kind: Kind
    wordings: Mapping[str, Wording]
    level: int = 0
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """An addressee, or one in copy: name, title and postal lines, each per language."""

    name: Mapping[str, str]
    title: Mapping[str, str]
    postal: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a signature consents to, and nothing else."""

    languages: tuple[str, ...]
    prevailing: str
    date: str
    subject: Mapping[str, str]
    addressees: tuple[Party, ...]
    cc: tuple[Party, ...]
    blocks: tuple[ParallelBlock, ...]

    def canonical(self) -> str:
        """The one JSON text of this content: keys sorted, no spaces, not escaped (as RFC 8785 has it)."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def digest(self) -> bytes:
        """SHA-256 over the canonical UTF-8 bytes: what a signature is bound to."""
        return hashlib.sha256(self.canonical().encode()).digest()

    @classmethod
    def from_json(cls, text: str) -> Self:
        raw: dict[str, Any] = json.loads(text)
        return cls(
            languages=tuple(raw["languages"]),
            prevailing=raw["prevailing"],
            date=raw["date"],
            subject=raw["subject"],
            addressees=tuple(Party(**party) for party in raw["addressees"]),
            cc=tuple(Party(**party) for party in raw["cc"]),
            blocks=tuple(block_from_json(block) for block in raw["blocks"]),
        )


def block_from_json(raw: dict[str, Any]) -> ParallelBlock:
    """The block that `dataclasses.asdict` made `raw` of."""
    wordings = {language: _wording(wording) for language, wording in raw["wordings"].items()}
    return ParallelBlock(raw["key"], Kind(raw["kind"]), wordings, raw["level"], raw["ordered"])


def _wording(raw: dict[str, Any]) -> Wording:
    return Wording(raw["text"], tuple(Source(**source) for source in raw["sources"]), raw["facts"])
