"""Lines that somebody types into a field or a manifest: white space folded, length and characters judged."""

import unicodedata

from undersigned.letters import inline
from undersigned.letters.blocks import Place, WrongFile
from undersigned.lib.refusal import Refusal, gettext_noop

SHARE_LIMIT = 280
"""Of what is said when a page is passed on: what the narrowest of the services takes."""


class LineTooLong(Refusal):
    code = "line-too-long"
    message = gettext_noop("This is too long: it may have %(limit)s characters.")


class LineWrong(Refusal):
    """What is wrong with one line of a text that was typed; `why` is a refusal of its own."""

    code = "line-wrong"
    message = gettext_noop("Line %(line)s: %(why)s")


def folded(text: str, *, lines: bool = False) -> str:
    """`text` without white space that says nothing; line feeds stay where it may have `lines`."""
    rows = (" ".join(row.split()) for row in unicodedata.normalize("NFC", text).split("\n"))
    return ("\n" if lines else " ").join(row for row in rows if row)


def checked(text: str, field: str, limit: int, *, lines: bool = False) -> str:
    """`text`, folded; refused where it is too long or holds what must not stand in a line."""
    line = folded(text, lines=lines)
    if len(line) > limit:
        raise LineTooLong(field, limit=limit)
    try:
        inline.refuse_forbidden(line, Place())
    except Refusal as refusal:
        refusal.field = field
        raise
    return line


def judged(text: str, field: str, limit: int, refusals: list[Refusal], *, lines: bool = False) -> str:
    """The same, where all that is wrong with a form is told at once: a refusal joins `refusals`, and "" is returned."""
    try:
        return checked(text, field, limit, lines=lines)
    except Refusal as refusal:
        refusals.append(refusal)
        return ""


def at_its_line(refusal: Refusal, field: str) -> Refusal:
    """What is wrong with a text that was typed into `field`, with the line instead of the name of a file."""
    if isinstance(refusal, WrongFile) and refusal.place.line:
        line = refusal.place.line
        refusal.place = Place()  # the line is told once
        return LineWrong(field, line=line, why=refusal)
    refusal.field = field
    return refusal
