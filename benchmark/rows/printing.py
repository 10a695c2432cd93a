"""Printing names in three scripts as PDF: by WeasyPrint and by our own typesetting, both tagged for readers."""

import gc
import time
from collections.abc import Callable, Sequence
from html import escape
from itertools import count, cycle, islice
from statistics import median

from benchmark.ground import Ground
from benchmark.row import Goal, Measured, Row
from undersigned.kit.sheet import Chapter, Fact, Group, Name, Passage, Sheet, Spoken, Words
from undersigned.kit.typeset import pdf
from undersigned.letters.inline import Run

NAMES, MANY_NAMES = 2_000, 10_000
GOAL_SECONDS = 2
CAST = (("홍길동", "ko", "South Korea"), ("Erika Musterfrau", "", "Germany"), ("山田花子", "ja", "Japan"))
"""Invented people in three scripts, as often as it takes; each name is told apart by its number."""

Person = tuple[str, str, str]
"""Name, language, country."""

STANDARD = "ours as PDF/A-2a and PDF/UA-1 in one file, WeasyPrint's as PDF/UA-1"
STYLE = """
@page { size: A4; margin: 26mm 27mm; @bottom-right { content: "Page " counter(page) " of " counter(pages) } }
html { font: 10.5pt "Noto Serif", "Noto Serif CJK KR" }
:lang(ja) { font-family: "Noto Serif CJK JP" }
ul { columns: 3; list-style: none; padding: 0; font-size: 8pt }
small { font: 6.5pt "Noto Sans"; color: #5c564d }
"""


_numbers = count()


def pdf_vs_weasyprint(ground: Ground) -> Measured:
    """Needs the package weasyprint, which is the bench's only, and the system's Pango."""
    _time(_weasyprint(people(NAMES)))  # each once unmeasured: both look for fonts
    _time(_ours(people(NAMES)))
    pair = ground.contest(lambda: _time(_weasyprint(people(NAMES))), lambda: _time(_ours(people(NAMES))))
    return Measured.of(pair.ratio, {"WeasyPrint, s": pair.first, "ours, s": pair.second}, STANDARD)


def pdf_of_ten_thousand(ground: Ground) -> Measured:
    _time(_ours(people(NAMES)))
    taken = [_time(_ours(people(MANY_NAMES))) for _ in range(ground.pace.rounds)]
    return Measured.of(GOAL_SECONDS / median(taken), {"s": taken}, STANDARD)


def people(names: int) -> list[Person]:
    """So many, with names that nobody had before: both sides remember what they have set."""
    invented = islice(cycle(CAST), names)
    return [(f"{name} {next(_numbers)}", tag, land) for name, tag, land in invented]


def _weasyprint(people: Sequence[Person]) -> Callable[[], object]:
    from weasyprint import HTML  # noqa: PLC0415  (not there unless it is measured)

    items = "".join(
        f"<li><span{f' lang={tag}' if tag else ''}>{escape(name)}</span> <small>{escape(land)}</small></li>"
        for name, tag, land in people
    )
    page = f"<html lang=en><title>Open the bridge</title><style>{STYLE}</style><h1>Open the bridge</h1><ul>{items}</ul>"
    return lambda: HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")


def _ours(people: Sequence[Person]) -> Callable[[], object]:
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
    """Seconds; what the other side left behind is cleared away before, or it would be counted as ours."""
    gc.collect()
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


ROWS = (
    Row(
        "pdf_vs_weasyprint",
        f"WeasyPrint's seconds ÷ ours, {NAMES:,} names in three scripts as tagged PDF",
        Goal(20),
        pdf_vs_weasyprint,
    ),
    Row(
        "pdf_of_ten_thousand",
        f"{GOAL_SECONDS} s ÷ our seconds for a PDF with {MANY_NAMES:,} names in three scripts",
        Goal(1),
        pdf_of_ten_thousand,
    ),
)
