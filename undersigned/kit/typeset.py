"""Setting sheets as PDF and cards as pictures, with typst.

The templates are files of ours; what they set comes to them as data, and no text of anybody is ever read as markup.
Equal sheets give equal bytes on machines with the same fonts and the same typst: no clock is asked.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from undersigned.kit.fonts import fonts, is_dense, refuse_missing, stack
from undersigned.kit.sheet import Sheet
from undersigned.lib.languages import direction

TEMPLATES = Path(__file__).resolve().parent / "templates"
STANDARDS: list[Any] = ["a-2a", "ua-1"]
"""PDF/A-2a, to be kept for good, and PDF/UA-1, to be read by everybody; typst refuses to write what breaks them."""

ROUNDS = 8
UNSHOWN = "□"
"""Stands for a character of which no font here has a picture, as in a name of a rare script."""

_MISSING = re.compile(r"the text `\"(.*?)\"` could not be displayed", re.DOTALL)
_SPELT = re.compile(r"\\u\{([0-9a-f]{1,6})\}")


@dataclass(frozen=True, slots=True)
class Typeset:
    """A document, and the characters that no font here could show."""

    content: bytes
    unshown: frozenset[str] = frozenset()


def pdf(sheets: Sequence[Sheet]) -> Typeset:
    """All `sheets` in one PDF, each beginning on a page of its own; FontsMissing where one cannot be set."""
    refuse_missing(sheet.language for sheet in sheets)
    met: set[str] = set()
    pages = [_page(sheet, met) for sheet in sheets]
    faces = {tag: _face(tag) for tag in sorted(met - {""})}
    how = {"format": "pdf", "pdf_standards": STANDARDS, "timestamp": _noon(sheets[0].day)}
    return _set("letter.typ", {"sheets": pages, "faces": faces}, how)


def picture(template: str, language: str, facts: Mapping[str, object]) -> bytes:
    """A PNG of one page: `facts` as `template` shows them, in `language`; one point of the page is one pixel."""
    refuse_missing([language])
    return _set(
        template, {**facts, "language": language, "face": _face(language)}, {"format": "png", "ppi": 72.0}
    ).content


def _set(template: str, facts: Mapping[str, object], how: Mapping[str, Any]) -> Typeset:
    """Set the facts; characters that no font has are replaced rather than that a whole letter fails for one name."""
    written = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    unshown: frozenset[str] = frozenset()
    for _round in range(ROUNDS):
        try:
            return Typeset(_compile(template, written, how), unshown)
        except typst.TypstError as fault:
            lacking = _lacking(fault.diagnostic) - unshown
            if not lacking:
                raise
            unshown |= lacking
            written = written.translate({ord(character): UNSHOWN for character in lacking})
    return Typeset(_compile(template, written, {**how, "pdf_standards": []}), unshown)


def _lacking(diagnostic: str) -> frozenset[str]:
    """The characters that typst could not show, out of its message, which spells the unprintable ones as Rust does."""
    named = "".join(_MISSING.findall(diagnostic))
    spelt = _SPELT.sub(lambda found: chr(int(found[1], 16)), named)
    return frozenset(character for character in spelt if not character.isascii())


def _compile(template: str, written: str, how: Mapping[str, Any]) -> bytes:
    compiler = typst.Compiler(TEMPLATES / template, root=TEMPLATES, font_paths=fonts(), ignore_system_fonts=True)
    made = compiler.compile(sys_inputs={"facts": written}, **how)
    return made[0] if isinstance(made, list) else (made or b"")


def _noon(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)


def _page(sheet: Sheet, met: set[str]) -> dict[str, Any]:
    levels = unskipped(passage.level for passage in sheet.passages)
    passages = tuple(replace(passage, level=level) for passage, level in zip(sheet.passages, levels, strict=True))
    return {**_plain(replace(sheet, passages=passages), met), "direction": direction(sheet.language)}


def _plain(value: Any, met: set[str]) -> Any:
    """`value` as JSON has it; the languages that it names anywhere are added to `met`."""
    if isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_plain(inner, met) for inner in value]
    if isinstance(value, Mapping):
        return {key: _plain(inner, met) for key, inner in value.items()}
    met.add(getattr(value, "language", ""))
    return {name: _plain(getattr(value, name), met) for name in value.__slots__}


def unskipped(levels: Iterable[int]) -> Iterator[int]:
    """Levels of headings below the title without a gap, as PDF/UA has them; 0, which is no heading, stays."""
    above = 1
    for level in levels:
        if level:
            above = min(level, above + 1)
        yield above if level else 0


def _face(tag: str) -> dict[str, Any]:
    """How a language is set: its codes as PDF readers know them, and its fonts."""
    language, *rest = tag.split("-")
    region = next((part for part in rest if len(part) == 2), "")
    if language == "zh" and not region:
        region = "TW" if "Hant" in rest else "CN"
    return {
        "lang": "" if language == "und" else language,
        "region": region,
        "direction": "auto" if language == "und" else direction(tag),
        "serif": stack(tag, "serif"),
        "sans": stack(tag, "sans"),
        "dense": is_dense(tag),
    }
