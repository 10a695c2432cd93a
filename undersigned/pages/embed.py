"""What other sites show of a letter in a frame: the count, or the whole letter, each with the way to sign it.

These pages alone may be framed. They hold no form: who signs does so on a page whose address they can see.
"""

from dataclasses import dataclass

from undersigned.pages.frame import Frame, render
from undersigned.pages.letter import LetterPage
from undersigned.pages.sharing import COUNTER, WHOLE

FOLDER = "embed"
TEMPLATES = {COUNTER: "pages/embed/counter.html", WHOLE: "pages/embed/letter.html"}


@dataclass(frozen=True, slots=True)
class Embed:
    """A piece of a letter; its links open a page of their own."""

    frame: Frame
    letter: LetterPage
    sign: str


def embed(what: str, page: LetterPage) -> str:
    """The HTML of `what` (COUNTER or WHOLE) of the public letter on `page`."""
    sign = f"{page.frame.canonical_address}#sign" if page.sign.is_open else ""
    view = Embed(page.frame, page, sign)
    return render(TEMPLATES[what], page.frame, embed=view)
