"""What other sites show of a letter in a frame: the count with the way to sign, or the whole letter with its form.

These pages alone may be framed. What follows a form opens in a window of its own, on a page whose address can be seen;
a sign-on that somebody was tricked into by what lies over the frame still needs the button in their own mail.
"""

from dataclasses import dataclass, replace

from undersigned.pages.form import SignForm
from undersigned.pages.frame import Frame, render
from undersigned.pages.letter import LetterPage
from undersigned.pages.sharing import COUNTER, WHOLE

FOLDER = "embed"
TEMPLATES = {COUNTER: "pages/embed/counter.html", WHOLE: "pages/embed/letter.html"}


@dataclass(frozen=True, slots=True)
class Embed:
    """A piece of a letter; its links and its form open a page of their own."""

    frame: Frame
    letter: LetterPage
    sign: str
    form: SignForm | None


def embed(what: str, page: LetterPage) -> str:
    """The HTML of `what` (COUNTER or WHOLE) of the public letter on `page`."""
    sign = f"{page.frame.canonical_address}#sign" if page.sign.is_open else ""
    form = replace(page.sign.form, opens_anew=True) if page.sign.form and what == WHOLE else None
    view = Embed(page.frame, page, sign, form)
    return render(TEMPLATES[what], page.frame, embed=view)
