"""The page about a letter's log: what is in it, what it shows and what it does not, and how anybody recounts it."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.ledger.keys import LogKeys, Period, read_periods
from undersigned.letters.models import Letter
from undersigned.lib.languages import interface_for
from undersigned.pages.frame import Frame, Place, letter_frame
from undersigned.pages.privacy import Chapter

LOG = "log"
"""Where a letter's log lies below its address; the page about it lies below each language."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """The page of one letter's log in one language. `keys` are the verifier keys that sign it now."""

    frame: Frame
    chapters: tuple[Chapter, ...]
    origin: str
    keys: tuple[str, ...]
    command: str
    checkpoint: str
    list: str
    receipt: str


def log_page(letter: Letter, language: str) -> LogPage:
    """The page about the log of `letter`, in the interface language nearest to `language`."""
    with translation.override(interface_for(language)):
        frame = letter_frame(letter, language, Place.public(letter, f"{LOG}/"), _("The public log"))
        signing = [period for period in _periods(letter) if period.until is None]
        return LogPage(
            frame=replace(frame, log=""),
            chapters=(_holds(), _shows(), _shows_not()),
            origin=letter.origin,
            keys=tuple(period.key.text for period in signing),
            command=f"undersigned log verify {settings.SITE_URL}/{letter.slug}/ --key '{signing[-1].key.text}'"
            if signing
            else f"undersigned log verify {settings.SITE_URL}/{letter.slug}/",
            checkpoint=f"/{letter.slug}/{LOG}/checkpoint",
            list=f"/{letter.slug}/{LOG}/keys.txt",
            receipt=f"/{letter.slug}/{language}/receipt/",
        )


def _periods(letter: Letter) -> list[Period]:
    return read_periods(LogKeys(settings.KEYS, letter.origin).text)


def _holds() -> Chapter:
    return Chapter(
        _("What it holds"),
        (
            _(
                "Every signature that counts has one line in this log, and so has every withdrawal: the event, the "
                "kind, the version of the text, the hour, and a commitment, which proves what was signed without "
                "telling it. There is no name in it, no address and no country."
            ),
        ),
    )


def _shows() -> Chapter:
    return Chapter(
        _("What it shows"),
        (
            _(
                "The lines are chained together and signed. Whoever recounts them sees that no line was cut out, "
                "changed or put in between, and that the counts on our pages are the counts of these lines."
            ),
        ),
    )


def _shows_not() -> Chapter:
    return Chapter(
        _("What it does not show"),
        (
            _("It does not show that every name is real."),
            _(
                "Nor does it show by itself that everybody is shown the same log. Keep the checkpoint, its signed "
                "head, and compare it with those of others or with a later one: the later log must begin with it."
            ),
        ),
    )
