"""A sheet as plain text (UTF-8, lines ended by line feeds): for mails, forms and whoever can open nothing else."""

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from undersigned.kit.sheet import Chapter, Name, Passage, Sheet
from undersigned.letters.inline import Runs, plain
from undersigned.lib.languages import run_on

WIDTH = 78
RULE = "-" * WIDTH


def text(sheet: Sheet) -> bytes:
    """The whole letter, with its notes, its signatories and its imprint."""
    return ("\n".join(_lines(sheet)) + "\n").encode()


def _lines(sheet: Sheet) -> Iterator[str]:
    yield from (sheet.campaign, sheet.contact, sheet.address)
    yield from ("", sheet.notice) if sheet.notice else ()
    yield from ("", sheet.date, "")
    for party in sheet.addressees:
        yield from (*(line.text for line in party), "")
    yield from (*_wrapped(sheet.title.text), "=" * min(WIDTH, _width(sheet.title.text)), "")
    numbers = {label: number for number, label in enumerate(_referred(sheet.passages), start=1)}
    for passage in sheet.passages:
        yield from (*_passage(passage, numbers), "")
    yield from _copies(sheet)
    yield from _notes(sheet, numbers)
    yield from _undersigned(sheet)
    yield RULE
    yield from (line for fact in sheet.imprint for line in _wrapped(f"{fact.label}: {fact.value}".removeprefix(": ")))


def _passage(passage: Passage, numbers: Mapping[str, int]) -> Iterator[str]:
    """One passage, wrapped; a list item and a demand hang behind their mark."""
    words = [_words(runs, numbers) for runs in passage.items]
    match passage.kind:
        case "heading":
            yield from (*_wrapped(words[0]), "-" * min(WIDTH, _width(words[0])))
        case "demand":
            yield from _wrapped(words[0], f"{passage.number}. ")
        case "list":
            for number, item in enumerate(words, start=1):
                yield from _wrapped(item, f"{number}. " if passage.is_ordered else "- ")
        case "quotation":
            yield from _wrapped(words[0], "    ", "    ")
            by = ", ".join(part for part in (passage.speaker, passage.office) if part)
            yield from _wrapped(by, "    -- ") if by else ()
        case _:
            yield from _wrapped(words[0])


def _copies(sheet: Sheet) -> Iterator[str]:
    if sheet.cc:
        yield sheet.words.copy_to
        for party in sheet.cc:
            yield from _wrapped(", ".join(line.text for line in party), "  ")
        yield ""


def _notes(sheet: Sheet, numbers: Mapping[str, int]) -> Iterator[str]:
    if numbers:
        yield from (sheet.words.notes, "-" * _width(sheet.words.notes))
        for label, number in numbers.items():
            note = sheet.notes[label]
            yield from _wrapped(run_on((plain(note.runs), *note.facts)).strip(), f"[{number}] ")
        yield ""


def _undersigned(sheet: Sheet) -> Iterator[str]:
    if not sheet.tally:
        return
    yield from (sheet.words.undersigned, "=" * _width(sheet.words.undersigned))
    yield from _wrapped("; ".join(f"{number} {named}" for number, named in sheet.tally))
    for chapter in sheet.chapters:
        yield from ("", *_chapter(chapter))
    yield ""


def _chapter(chapter: Chapter) -> Iterator[str]:
    heading = f"{chapter.title} ({chapter.size})"
    yield from (heading, "-" * _width(heading))
    yield from _wrapped(chapter.remark) if chapter.remark else ()
    for group in chapter.groups:
        yield from (f"[{group.title}]",) if group.title else ()
        yield from (line for name in group.names for line in _wrapped(_name(name), "- "))


def _name(name: Name) -> str:
    shown = f"{name.name.text} / {name.original.text}" if name.original else name.name.text
    return " – ".join((shown, "; ".join(detail.text for detail in name.details))) if name.details else shown


def _words(runs: Runs, numbers: Mapping[str, int]) -> str:
    return "".join(f"[{numbers[run.footnote]}]" if run.footnote else run.text for run in runs)


def _referred(passages: Iterable[Passage]) -> dict[str, None]:
    """The labels of all notes, in the order in which the text refers to them."""
    labels = (run.footnote for passage in passages for runs in passage.items for run in runs)
    return dict.fromkeys(label for label in labels if label)


def _wrapped(words: str, first: str = "", rest: str | None = None) -> list[str]:
    """Lines of at most WIDTH columns; Han is not broken, since no space tells where it may be."""
    hanging = " " * len(first) if rest is None else rest
    lines = [line for part in words.split("\n") for line in _filled(part)]
    return [f"{hanging if at else first}{line}" for at, line in enumerate(lines or [""])]


def _filled(line: str) -> list[str]:
    if _width(line) > len(line):  # wide characters: whoever reads it breaks the lines
        return [line]
    return textwrap.wrap(line, WIDTH - 4, break_long_words=False, break_on_hyphens=False) or [""]


def _width(words: str) -> int:
    """Columns on a terminal; Han, Hangul and kana take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in words)
