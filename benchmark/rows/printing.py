"""Printing: 2,000 names in three scripts as PDF, by WeasyPrint and by our own typesetting, both tagged for readers."""

import sys
import time
from collections.abc import Callable, Sequence
from html import escape
from itertools import cycle
from statistics import median

from undersigned.kit.sheet import Chapter, Fact, Group, Name, Passage, Sheet, Spoken, Words
from undersigned.kit.typeset import pdf
from undersigned.letters.inline import Run

NAMES = 2_000
ROUNDS = 3
CAST = (("홍길동", "ko", "South Korea"), ("Erika Musterfrau", "", "Germany"), ("山田花子", "ja", "Japan"))
"""Invented people in three scripts, as often as it takes; each name is told apart by its number."""

STYLE = """
@page { size: A4; margin: 26mm 27mm; @bottom-right { content: "Page " counter(page) " of " counter(pages) } }
html { font: 10.5pt "Noto Serif", "Noto Serif CJK KR" }
:lang(ja) { font-family: "Noto Serif CJK JP" }
ul { columns: 3; list-style: none; padding: 0; font-size: 8pt }
small { font: 6.5pt "Noto Sans"; color: #5c564d }
"""


def seconds(names: int = NAMES, rounds: int = ROUNDS) -> tuple[float, float]:
    """Seconds of WeasyPrint and of ours for the same names: the medians of alternating rounds, each once unmeasured.

    Needs the package weasyprint, which is the bench's only, and the system's Pango.
    """
    taken = [_round(names, number) for number in range(rounds + 1)][1:]
    return median(one for one, _ in taken), median(other for _, other in taken)


def _round(names: int, number: int) -> tuple[float, float]:
    """One round, with names that no earlier one had: both remember what they have set before."""
    numbers = range(number * names, (number + 1) * names)
    people = [(f"{name} {number}", tag, land) for number, (name, tag, land) in zip(numbers, cycle(CAST), strict=False)]
    return _time(_weasyprint(people)), _time(_ours(people))


def _weasyprint(people: Sequence[tuple[str, str, str]]) -> Callable[[], object]:
    from weasyprint import HTML  # noqa: PLC0415  (not there unless it is measured)

    items = "".join(
        f"<li><span{f' lang={tag}' if tag else ''}>{escape(name)}</span> <small>{escape(land)}</small></li>"
        for name, tag, land in people
    )
    page = f"<html lang=en><title>Open the bridge</title><style>{STYLE}</style><h1>Open the bridge</h1><ul>{items}</ul>"
    return lambda: HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")


def _ours(people: Sequence[tuple[str, str, str]]) -> Callable[[], object]:
    names = tuple(Name(Spoken(name, tag), details=(Spoken(land),)) for name, tag, land in people)
    sheet = Sheet(
        language="en",
        words=Words("en", "Copy to", "The undersigned", "About this print", "Page {page} of {pages}", "Notes"),
        campaign="Open Bridge Coalition",
        contact="letter@openbridge.example",
        address="letters.example",
        date="10 November 2026",
        day="2026-11-10",
        title=Spoken("Open the bridge"),
        running="Open the bridge",
        addressees=(),
        cc=(),
        passages=(Passage("paragraph", ((Run("Open the bridge."),),)),),
        notes={},
        chapters=(Chapter("Supporters", f"{len(names)}", (Group("", names),), is_dense=True),),
        tally=((f"{len(names)}", "supporters"),),
        imprint=(Fact("Edition", "1"),),
    )
    return lambda: pdf([sheet])


def _time(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


if __name__ == "__main__":
    weasyprint, typst = seconds(int(sys.argv[1]) if len(sys.argv) > 1 else NAMES)
    sys.stdout.write(f"weasyprint {weasyprint:.2f} s, ours {typst:.2f} s, ratio {weasyprint / typst:.1f}\n")
